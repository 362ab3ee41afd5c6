"""Decisions are kept once, survive whoever writes them, and stay withdrawn whatever comes late."""

import os
import stat
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import UsageError
from fanzha.claims.opinion import Opinion
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.store import decisions as room
from fanzha.store.decisions import (
    DecisionLog,
    DecisionRecord,
    find_decisions,
    read_active_decisions,
    read_records,
    select_active,
)

AT = 1_772_323_200_000
ORDERED = Opinion(
    organization="a made-up centre",
    subject_kind="phone_number",
    subject="+8617000000001",
    level=Level.SUSPECTED,
    given_at=AT,
    until=AT + 86_400_000,
    decision=True,
    treatment=Treatment.REFUSE,
    basis="ATF Art. 32",
)


def test_what_is_given_stands_until_it_is_withdrawn(tmp_path: Path) -> None:
    kept = DecisionLog(tmp_path)
    kept.add({"one": ORDERED, "other": ORDERED}, at=AT)
    kept.add({"one": ORDERED}, at=AT)
    kept.withdraw(["one"], at=AT)
    assert DecisionLog(tmp_path).read_active() == {"other": ORDERED}
    assert list(read_active_decisions(tmp_path)) == [ORDERED]


def test_a_withdrawal_that_overtakes_what_it_withdraws_holds(tmp_path: Path) -> None:
    kept = DecisionLog(tmp_path)
    kept.withdraw(["one"], at=AT)
    kept.add({"one": ORDERED}, at=AT)
    assert kept.read_active() == {}


def test_every_writer_has_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    DecisionLog(tmp_path, "command").add({"one": ORDERED}, at=AT)
    DecisionLog(tmp_path, "other-network").add({"one": ORDERED}, at=AT)
    assert len(list(read_active_decisions(tmp_path))) == 2
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "decisions").iterdir()}
    assert modes == {0o600}


def test_an_opinion_that_binds_nobody_is_not_kept(tmp_path: Path) -> None:
    opinion = msgspec.structs.replace(ORDERED, decision=False, treatment=None)
    with pytest.raises(ValueError, match="no decision"):
        DecisionLog(tmp_path).add({"one": opinion}, at=AT)
    assert list(read_active_decisions(tmp_path)) == []


@given(cut=st.integers(1, 200))
def test_half_a_line_of_a_writer_that_died_is_as_if_it_had_never_been(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    kept = DecisionLog(tmp_path_factory.mktemp("home"))
    kept.add({"one": ORDERED}, at=AT)
    size = kept.path.stat().st_size
    kept.add({"lost": ORDERED}, at=AT)
    os.truncate(kept.path, size + min(cut, kept.path.stat().st_size - size - 1))
    assert [*kept.read_active()] == ["one"]
    kept.add({"next": ORDERED}, at=AT)
    assert [*kept.read_active()] == ["one", "next"]


def test_a_wrong_line_is_named(tmp_path: Path) -> None:
    kept = DecisionLog(tmp_path)
    kept.add({"one": ORDERED}, at=AT)
    with kept.path.open("ab") as file:
        file.write(b"{}\n")
    with pytest.raises(UsageError, match="line 2"):
        kept.read_active()


def test_a_file_that_has_grown_is_put_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LARGE_BYTES", 2_000)
    kept = DecisionLog(tmp_path)
    for count in range(60):
        kept.add({f"{count}": ORDERED, f"stays {count % 3}": ORDERED}, at=AT)
        kept.withdraw([f"{count}"], at=AT)
    assert [*kept.read_active()] == ["stays 0", "stays 1", "stays 2"]
    grown = kept.path.stat().st_size
    kept.add({f"ended {count}": ORDERED for count in range(40)}, at=ORDERED.until)
    assert kept.path.stat().st_size < grown
    assert kept.read_active() == {}


OTHER = msgspec.structs.replace(ORDERED, subject="+8617000000002")
THINGS = {("phone_number", ORDERED.subject), ("phone_number", OTHER.subject)}


def written(*lines: DecisionRecord) -> bytes:
    return b"".join(msgspec.json.encode(one) + b"\n" for one in lines)


@given(
    lines=st.lists(st.builds(DecisionRecord, id=st.sampled_from("abc"), given=st.sampled_from([ORDERED, OTHER, None]))),
    cuts=st.lists(st.integers(0, 4_000), max_size=5),
)
def test_a_file_that_grows_says_the_same_as_one_that_is_read_at_once(
    tmp_path_factory: pytest.TempPathFactory, lines: list[DecisionRecord], cuts: list[int]
) -> None:
    path, data = tmp_path_factory.mktemp("home") / "one.jsonl", written(*lines)
    for end in sorted(min(cut, len(data)) for cut in cuts):
        path.write_bytes(data[:end])
        read_records(path)
    path.write_bytes(data)
    expected: dict[str, DecisionRecord] = {}
    for line in lines:
        if line.id not in expected or expected[line.id].given:
            expected[line.id] = line
    assert read_records(path) == expected
    standing = list(select_active(expected).values())
    assert sorted(find_decisions(path, THINGS), key=repr) == sorted(standing, key=repr)


def test_a_file_that_was_put_in_order_or_is_gone_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_bytes(written(*(DecisionRecord(id=f"{number}", given=ORDERED) for number in range(9))))
    assert len(read_records(path)) == 9
    path.write_bytes(written(*(DecisionRecord(id=f"new {number}", given=OTHER) for number in range(20))))
    assert [*read_records(path)] == [f"new {number}" for number in range(20)]
    assert find_decisions(path, {("phone_number", ORDERED.subject)}) == []
    path.unlink()
    assert read_records(path) == {} == read_records(path)


def test_lines_that_were_read_are_not_decoded_again(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_bytes(written(DecisionRecord(id="one", given=ORDERED)))
    first = read_records(path)["one"]
    with path.open("ab") as file:
        file.write(written(DecisionRecord(id="other", given=OTHER)))
    assert read_records(path)["one"] is first


def test_a_wrong_line_is_named_each_time_and_by_its_place_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_bytes(written(DecisionRecord(id="one", given=ORDERED)))
    read_records(path)
    with path.open("ab") as file:
        file.write(written(DecisionRecord(id="other", given=OTHER)) + b"{}\n")
    for _ in range(2):
        with pytest.raises(UsageError, match="line 3"):
            read_records(path)
