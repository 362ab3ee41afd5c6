"""The operator's lists for screens: what is not there is empty, what is wrong is named."""

from pathlib import Path

import pytest
from tests.claims.snapshots import SALT, base

from fanzha.base.clock import moment_ms
from fanzha.base.errors import UsageError
from fanzha.claims.snapshot import InboundOnly, RoamingProof
from fanzha.claims.snapshot_format.lists import ranges_sections
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.store.screen_lists import (
    load_allocated_ranges,
    load_inbound_only_numbers,
    load_protected_numbers,
    load_roaming_proofs,
    load_urls,
)


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")


def test_without_files_there_are_only_the_numbers_that_ship(tmp_path: Path) -> None:
    shipped = {one.number: one for one in load_protected_numbers(tmp_path)}
    assert shipped["110"].words.en == "police emergency" and len(shipped) > 100
    assert (load_inbound_only_numbers(tmp_path), load_roaming_proofs(tmp_path), load_urls(tmp_path)) == ([], [], [])


def test_an_operator_protects_more_numbers_and_renames_those_that_ship(tmp_path: Path) -> None:
    write(tmp_path, "lists/protected.csv", "号码,名称,name_en\n057100110,虚构市公安局,\n110,报警,police\n")
    known = {one.number: (one.zh, one.en) for one in load_protected_numbers(tmp_path)}
    assert known["057100110"] == ("虚构市公安局", "虚构市公安局") and known["110"] == ("报警", "police")
    write(tmp_path, "lists/protected.csv", "number,zh\n+8612,x\n")
    with pytest.raises(UsageError, match="is not 3 to 15 digits"):
        load_protected_numbers(tmp_path)


def test_numbers_that_never_call_out_have_an_owner_and_a_basis(tmp_path: Path) -> None:
    write(tmp_path, "lists/do_not_originate.csv", "号码,归属单位,依据,有效期至\n95588,虚构银行,公函,2027-01-01\n")
    assert load_inbound_only_numbers(tmp_path) == [InboundOnly("95588", "虚构银行", "公函", moment_ms("2027-01-01"))]
    write(tmp_path, "lists/do_not_originate.csv", "number,owner,basis\n95588,a made-up bank,\n")
    with pytest.raises(UsageError, match="row 2: column basis is empty"):
        load_inbound_only_numbers(tmp_path)
    write(tmp_path, "lists/do_not_originate.csv", "number,owner,basis\n1069000000000000001,a made-up bank,its word\n")
    with pytest.raises(UsageError, match="more than 15 digits"):
        load_inbound_only_numbers(tmp_path)


def test_roaming_proofs_say_until_when_they_hold(tmp_path: Path) -> None:
    write(tmp_path, "tables/roaming.csv", "号码,漫游状态,有效期至\n17000000001,已证实,2026-03-01\n")
    assert load_roaming_proofs(tmp_path) == [RoamingProof("+8617000000001", True, moment_ms("2026-03-01"))]
    for cells, why in (
        ("17000000001,maybe,2026-03-01", "roaming is 'maybe'"),
        ("17000000001,proven,", "until is empty"),
    ):
        write(tmp_path, "tables/roaming.csv", f"number,roaming,until\n{cells}\n")
        with pytest.raises(UsageError, match=why):
            load_roaming_proofs(tmp_path)


def test_links_become_expressions_each_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        "lists/urls.txt",
        "# frauds\nhxxps://Fraud.example/login?x=1\nfraud.example # all of it\nfraud.example/\n",
    )
    assert load_urls(tmp_path) == ["fraud.example/login?x=1", "fraud.example/"]


@pytest.mark.parametrize(("line", "why"), [("com.cn", "public suffix"), ("not a link", "urls.txt")])
def test_what_cannot_be_listed_is_refused(tmp_path: Path, line: str, why: str) -> None:
    write(tmp_path, "lists/urls.txt", line + "\n")
    with pytest.raises(UsageError, match=why):
        load_urls(tmp_path)


AT = moment_ms("2026-03-01")
DAY = 86_400_000


def write_allocation(folder: Path, name: str, text: str) -> None:
    (folder / "tables").mkdir(exist_ok=True)
    (folder / "tables" / name).write_text(text, "utf-8")


def mapped(folder: Path) -> MappedSnapshot:
    return MappedSnapshot(base({}, ranges_sections(load_allocated_ranges(AT, folder), bytes.fromhex(SALT))))


def test_without_a_table_there_are_none(tmp_path: Path) -> None:
    assert load_allocated_ranges(AT, tmp_path) == []


def test_the_longest_range_that_holds_counts(tmp_path: Path) -> None:
    write_allocation(
        tmp_path,
        "allocation.csv",
        "prefix,operator,number_class,province,city,valid_from,valid_until\n"
        "1700,中国移动,mvno,浙江,杭州,,\n"
        "17000,中国联通,,,,2026-03-02,\n"
        "17000,中国电信,iot,,,2020-01-01,2026-02-01\n",
    )
    lists = mapped(tmp_path).lists
    now, later = lists.allocated("17000000001", AT), lists.allocated("17000000001", AT + DAY)
    assert now is not None and (now.operator, now.number_class, now.city) == ("china_mobile", "mvno", "杭州")
    assert later is not None and (later.operator, later.number_class) == ("china_unicom", "")
    assert lists.allocated("17100000001", AT) is None and lists.allocated("1", AT) is None
