"""TOML files of the operator are read as UTF-8; an error names the file and what to do."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml, read_toml_table


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbf" + "name = '虚构'".encode())
    assert read_toml(path) == {"name": "虚构"}


@pytest.mark.parametrize(
    ("content", "why", "fix"),
    [
        (None, "No such file", "name a file"),
        (b"a =", "not valid TOML", "must be TOML"),
        (b"a = '\xd2\xf8'", "not UTF-8", "save"),
    ],
)
def test_an_error_names_the_file_and_what_to_do(tmp_path: Path, content: bytes | None, why: str, fix: str) -> None:
    path = tmp_path / "a.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=why) as refused:
        read_toml(path)
    assert str(path) in refused.value.what
    assert fix in refused.value.fix


def test_the_advice_of_the_caller_replaces_the_general_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        read_toml(tmp_path / "missing.toml", fix="write it")
    assert refused.value.fix == "write it"


def test_a_table_is_empty_without_file_or_entry_and_must_be_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    assert read_toml_table(path, "budget") == {}
    path.write_text("budget = 3\n[other]\nx = 1\n")
    assert read_toml_table(path, "other") == {"x": 1}
    assert read_toml_table(path, "missing") == {}
    with pytest.raises(UsageError, match="budget must be a table"):
        read_toml_table(path, "budget")
