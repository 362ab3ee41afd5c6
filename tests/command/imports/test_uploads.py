"""Files that are handed in lie in their import's folder; values of rejects are masked."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.command.imports import uploads
from fanzha.command.imports.tables.table import RowError


def test_a_file_keeps_its_ending(home: Path) -> None:
    for name, ref in {"表.CSV": "table.csv", "a.tsv.gz": "table.tsv.gz", "../../x": "table"}.items():
        uploads.move_upload(uploads.store_upload([b"a"]), ref, name)
        assert uploads.upload_path(ref).name == ref


def test_a_file_that_is_too_large_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_BYTES", 3)
    with pytest.raises(UsageError, match="larger"):
        uploads.store_upload([b"ab", b"cd"])
    assert list((home / "imports").iterdir()) == []


def test_long_numbers_are_masked() -> None:
    uploads.append_rejects("r", [RowError(1, "number", Words("坏", "bad"), "+8617000001234")])
    (reject,) = uploads.read_rejects("r")
    assert reject["value"] == "+861********34" and (reject["reason"], reject["reason_zh"]) == ("bad", "坏")
    assert list(uploads.read_rejects("other")) == []
