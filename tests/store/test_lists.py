"""Lists are read as rules compare them; a line that does not fit is named."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.base.list_columns import split_members
from fanzha.store.lists import load_lists


def write(folder: Path, name: str, text: str) -> None:
    (folder / "lists").mkdir(exist_ok=True)
    (folder / "lists" / name).write_text(text, "utf-8")


def test_without_files_there_are_no_lists(tmp_path: Path) -> None:
    assert load_lists(tmp_path) == {}


def test_values_stand_one_a_line_and_comments_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "bad_hosts.txt", "# seen in May\na.example\n\n  b.example  # twice\na.example\nc.example/#x\n")
    assert load_lists(tmp_path)["bad_hosts"].values == ("a.example", "b.example", "c.example/#x")


def test_values_of_a_kind_stand_as_written_and_in_the_form_that_proven_numbers_have(tmp_path: Path) -> None:
    write(tmp_path, "banks.txt", "# kind: phone_number\n057187770000\n95588\n")
    assert load_lists(tmp_path)["banks"].values == ("+8657187770000", "057187770000", "95588")


def test_the_digest_changes_with_the_values_and_with_nothing_else(tmp_path: Path) -> None:
    digests = []
    for text in ("a\nb\n", "b\n# comment\na\na\n", "a\nb\nc\n"):
        write(tmp_path, "x.txt", text)
        digests.append(load_lists(tmp_path)["x"].digest)
    assert digests[0] == digests[1] != digests[2]


def test_the_columns_of_a_list_are_read_beside_it(tmp_path: Path) -> None:
    text = '# columns: bank, province\n95588, "a, b", 北京\n+8610*, , 北京  # a range\n95533\n'
    write(tmp_path, "banks.txt", text)
    lists = load_lists(tmp_path)
    assert lists["banks"].values == ("95588", "+8610*", "95533")
    assert dict(split_members(lists["banks.bank"].values)) == {"95588": "a, b", "+8610*": "", "95533": ""}
    assert dict(split_members(lists["banks.province"].values)) == {"95588": "北京", "+8610*": "北京", "95533": ""}


def test_a_number_has_its_columns_in_either_form(tmp_path: Path) -> None:
    write(tmp_path, "banks.txt", "# kind: phone_number\n# columns: bank\n057187770000, a\n")
    members = load_lists(tmp_path)["banks.bank"].values
    assert dict(split_members(members)) == {"+8657187770000": "a", "057187770000": "a"}


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("x.txt", "# columns: a\n1, b, c\n", "line 2: a value and 1 columns"),
        ("x.txt", "# columns: a\n1, b\n1, c\n", "line 3: '1' has other columns"),
        ("x.txt", "1\n# columns: a\n", "line 2: the columns stand above"),
        ("x.txt", "# columns: a, a\n", "line 1: 'a, a' are no columns"),
        ("Bad-Name.txt", "a\n", "no name that a rule can say"),
        ("x.txt", "# kind: phone_number\n95588\nnot a number\n", "line 3"),
        ("x.txt", "# kind: nothing_known\na\n", "line 2: there is no kind"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, name: str, text: str, why: str) -> None:
    write(tmp_path, name, text)
    with pytest.raises(UsageError, match=why):
        load_lists(tmp_path)


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    write(tmp_path, "x.txt", "")
    (tmp_path / "lists" / "x.txt").write_bytes("虚构".encode("gb18030"))
    with pytest.raises(UsageError, match="not UTF-8"):
        load_lists(tmp_path)


def test_a_value_that_ends_in_a_star_is_kept_as_it_is_whatever_the_kind(tmp_path: Path) -> None:
    write(tmp_path, "ranges.txt", "# kind: phone_number\n+8610*\n057187770000\n")
    assert load_lists(tmp_path)["ranges"].values == ("+8610*", "+8657187770000", "057187770000")
