"""The operator's lists for screens: what is not there is empty, what is wrong is named."""

from pathlib import Path

import pytest

from fanzha.base.clock import moment_ms
from fanzha.base.errors import WrongCall
from fanzha.claims.snapshot import InboundOnly, RoamingProof
from fanzha.store.screen_lists import inbound_only_numbers, listed_urls, protected_numbers, roaming_proofs


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")


def test_without_files_there_are_only_the_numbers_that_ship(tmp_path: Path) -> None:
    shipped = {one.number: one for one in protected_numbers(tmp_path)}
    assert shipped["110"].words.en == "police emergency" and len(shipped) > 100
    assert (inbound_only_numbers(tmp_path), roaming_proofs(tmp_path), listed_urls(tmp_path)) == ([], [], [])


def test_an_operator_protects_more_numbers_and_renames_those_that_ship(tmp_path: Path) -> None:
    write(tmp_path, "lists/protected.csv", "号码,名称,name_en\n057100110,虚构市公安局,\n110,报警,police\n")
    known = {one.number: (one.zh, one.en) for one in protected_numbers(tmp_path)}
    assert known["057100110"] == ("虚构市公安局", "虚构市公安局") and known["110"] == ("报警", "police")
    write(tmp_path, "lists/protected.csv", "number,zh\n+8612,x\n")
    with pytest.raises(WrongCall, match="is not 3 to 15 digits"):
        protected_numbers(tmp_path)


def test_numbers_that_never_call_out_have_an_owner_and_a_basis(tmp_path: Path) -> None:
    write(tmp_path, "lists/do_not_originate.csv", "号码,归属单位,依据,有效期至\n95588,虚构银行,公函,2027-01-01\n")
    assert inbound_only_numbers(tmp_path) == [InboundOnly("95588", "虚构银行", "公函", moment_ms("2027-01-01"))]
    write(tmp_path, "lists/do_not_originate.csv", "number,owner,basis\n95588,a made-up bank,\n")
    with pytest.raises(WrongCall, match="row 2: column basis is empty"):
        inbound_only_numbers(tmp_path)
    write(tmp_path, "lists/do_not_originate.csv", "number,owner,basis\n1069000000000000001,a made-up bank,its word\n")
    with pytest.raises(WrongCall, match="more than 15 digits"):
        inbound_only_numbers(tmp_path)


def test_roaming_proofs_say_until_when_they_hold(tmp_path: Path) -> None:
    write(tmp_path, "tables/roaming.csv", "号码,漫游状态,有效期至\n17000000001,已证实,2026-03-01\n")
    assert roaming_proofs(tmp_path) == [RoamingProof("+8617000000001", True, moment_ms("2026-03-01"))]
    for cells, why in (
        ("17000000001,maybe,2026-03-01", "roaming is 'maybe'"),
        ("17000000001,proven,", "until is empty"),
    ):
        write(tmp_path, "tables/roaming.csv", f"number,roaming,until\n{cells}\n")
        with pytest.raises(WrongCall, match=why):
            roaming_proofs(tmp_path)


def test_links_become_expressions_each_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        "lists/urls.txt",
        "# frauds\nhxxps://Fraud.example/login?x=1\nfraud.example # all of it\nfraud.example/\n",
    )
    assert listed_urls(tmp_path) == ["fraud.example/login?x=1", "fraud.example/"]


@pytest.mark.parametrize(("line", "why"), [("com.cn", "public suffix"), ("not a link", "urls.txt")])
def test_what_cannot_be_listed_is_refused(tmp_path: Path, line: str, why: str) -> None:
    write(tmp_path, "lists/urls.txt", line + "\n")
    with pytest.raises(WrongCall, match=why):
        listed_urls(tmp_path)
