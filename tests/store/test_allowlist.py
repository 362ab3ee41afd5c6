"""The spared list takes single numbers with owner, origin and proof; ranges and unproven rows are refused by row."""

from pathlib import Path

import pytest

from fanzha.base.clock import moment_ms
from fanzha.base.errors import UsageError
from fanzha.claims.allowlist import AllowlistEntry, OriginKind, Trigger
from fanzha.store.allowlist import (
    digest_allowlist,
    is_approved,
    load_allowlist,
    load_allowlist_by_number,
    write_approved,
)

HEADER = "number,origin_kind,origin,owner,proof,until\n"


def write(folder: Path, text: str) -> None:
    (folder / "lists").mkdir()
    (folder / "lists" / "spared.csv").write_text(text, "utf-8-sig")


def test_without_a_file_nothing_is_spared(tmp_path: Path) -> None:
    assert load_allowlist(tmp_path).entry(Trigger("110", "110", "T", "mobile"), 0) is None


def test_rows_become_entries_in_canonical_form(tmp_path: Path) -> None:
    write(tmp_path, HEADER + "0571-8777 0000,trunk, LL-07 ,a made-up hospital,contract 7,2027-01-01\n\n")
    until = moment_ms("2027-01-01")
    trigger = Trigger("+8657187770000", trunk="LL-07")
    assert load_allowlist(tmp_path).entry(trigger, until - 1) == AllowlistEntry(
        "+8657187770000", OriginKind.TRUNK, "LL-07", "a made-up hospital", "contract 7", until
    )
    assert load_allowlist(tmp_path).entry(trigger, until) is None


def test_chinese_headers_and_words_are_understood_and_the_end_may_be_left_out(tmp_path: Path) -> None:
    write(tmp_path, "号码,来源类型,来源,归属单位,凭据\n110,入口,语音专线,虚构市公安局,公函1号\n")
    entry = load_allowlist(tmp_path).entry(Trigger("110", "110", ingress="leased_line"), 0)
    assert entry is not None and (entry.owner, entry.until) == ("虚构市公安局", None)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("95xxx,trunk,T,o,p,", "row 2: '95xxx' is not one telephone number"),
        ("95*,trunk,T,o,p,", "ranges such as 95xxx cannot be spared"),
        ("95500-95599,trunk,T,o,p,", "not one telephone number"),
        ("95588,,T,o,p,", "row 2: origin_kind is ''"),
        ("95588,anywhere,*,o,p,", "write trunk"),
        ("95588,trunk,,o,p,", "row 2: a trunk's name"),
        ("95588,ingress,*,o,p,", "there is no ingress"),
        ("95588,trunk,T,,p,", "column owner is empty"),
        ("95588,trunk,T,o,,", "column proof is empty"),
        ("95588,trunk,T,o", "column proof is empty"),
        ("95588,trunk,T,o,p,soon", "not a moment"),
        ('95588,"trunk', "cannot be read"),
    ],
)
def test_a_row_that_proves_nothing_is_refused(tmp_path: Path, row: str, why: str) -> None:
    write(tmp_path, HEADER + row + "\n")
    with pytest.raises(UsageError) as raised:
        load_allowlist(tmp_path)
    assert why in str(raised.value)


@pytest.mark.parametrize("header", ["", "number,origin\n"])
def test_a_missing_column_is_named(tmp_path: Path, header: str) -> None:
    write(tmp_path, header)
    with pytest.raises(UsageError, match="column .* is missing"):
        load_allowlist(tmp_path)


def test_what_two_persons_agreed_on_counts_beside_what_is_kept_by_hand(tmp_path: Path) -> None:
    write(tmp_path, HEADER + "0571-8777 0000,trunk,LL-07,a made-up hospital,contract 7,2027-01-01\n")
    before = digest_allowlist(tmp_path)
    agreed = AllowlistEntry(
        "+8617000001234", OriginKind.TRUNK, "LL-08", 'a "school", made up', "letter 3", 1_800_000_000_000
    )
    assert is_approved([], tmp_path) and not is_approved([agreed], tmp_path)
    write_approved([agreed], tmp_path)
    assert is_approved([agreed], tmp_path) and not is_approved([], tmp_path)
    assert agreed in load_allowlist(tmp_path).numbers and len(load_allowlist(tmp_path)) == 2
    assert digest_allowlist(tmp_path) != before
    write_approved([], tmp_path)
    assert len(load_allowlist(tmp_path)) == 1


def test_by_number_a_list_that_comes_changes_or_goes_counts_at_once(tmp_path: Path) -> None:
    row = "0571-8777 0000,trunk,LL-07,a made-up hospital,contract 7,\n"
    assert load_allowlist_by_number(tmp_path) == {}
    write(tmp_path, HEADER + row)
    path = tmp_path / "lists" / "spared.csv"
    assert [one.owner for one in load_allowlist_by_number(tmp_path)["+8657187770000"]] == ["a made-up hospital"]
    path.write_text(HEADER + row + row.replace("LL-07", "LL-08"))
    assert len(load_allowlist_by_number(tmp_path)["+8657187770000"]) == 2
    path.unlink()
    assert load_allowlist_by_number(tmp_path) == {}
