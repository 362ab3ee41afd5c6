"""Decisions are kept once, survive whoever writes them, and stay withdrawn whatever comes late."""

import os
import stat
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import WrongCall
from fanzha.claims.opinion import Opinion
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.store import decisions as room
from fanzha.store.decisions import Decisions, standing_decisions

AT = 1_772_323_200_000
ORDERED = Opinion(
    organisation="a made-up centre",
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
    kept = Decisions(tmp_path)
    kept.give({"one": ORDERED, "other": ORDERED}, at=AT)
    kept.give({"one": ORDERED}, at=AT)
    kept.withdraw(["one"], at=AT)
    assert Decisions(tmp_path).standing() == {"other": ORDERED}
    assert list(standing_decisions(tmp_path)) == [ORDERED]


def test_a_withdrawal_that_overtakes_what_it_withdraws_holds(tmp_path: Path) -> None:
    kept = Decisions(tmp_path)
    kept.withdraw(["one"], at=AT)
    kept.give({"one": ORDERED}, at=AT)
    assert kept.standing() == {}


def test_every_writer_has_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    Decisions(tmp_path, "command").give({"one": ORDERED}, at=AT)
    Decisions(tmp_path, "other-network").give({"one": ORDERED}, at=AT)
    assert len(list(standing_decisions(tmp_path))) == 2
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "decisions").iterdir()}
    assert modes == {0o600}


def test_an_opinion_that_binds_nobody_is_not_kept(tmp_path: Path) -> None:
    opinion = msgspec.structs.replace(ORDERED, decision=False, treatment=None)
    with pytest.raises(ValueError, match="no decision"):
        Decisions(tmp_path).give({"one": opinion}, at=AT)
    assert list(standing_decisions(tmp_path)) == []


@given(cut=st.integers(1, 200))
def test_half_a_line_of_a_writer_that_died_is_as_if_it_had_never_been(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    kept = Decisions(tmp_path_factory.mktemp("home"))
    kept.give({"one": ORDERED}, at=AT)
    size = kept.path.stat().st_size
    kept.give({"lost": ORDERED}, at=AT)
    os.truncate(kept.path, size + min(cut, kept.path.stat().st_size - size - 1))
    assert [*kept.standing()] == ["one"]
    kept.give({"next": ORDERED}, at=AT)
    assert [*kept.standing()] == ["one", "next"]


def test_a_wrong_line_is_named(tmp_path: Path) -> None:
    kept = Decisions(tmp_path)
    kept.give({"one": ORDERED}, at=AT)
    with kept.path.open("ab") as file:
        file.write(b"{}\n")
    with pytest.raises(WrongCall, match="line 2"):
        kept.standing()


def test_a_file_that_has_grown_is_put_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LARGE_BYTES", 2_000)
    kept = Decisions(tmp_path)
    for count in range(60):
        kept.give({f"{count}": ORDERED, f"stays {count % 3}": ORDERED}, at=AT)
        kept.withdraw([f"{count}"], at=AT)
    assert [*kept.standing()] == ["stays 0", "stays 1", "stays 2"]
    grown = kept.path.stat().st_size
    kept.give({f"ended {count}": ORDERED for count in range(40)}, at=ORDERED.until)
    assert kept.path.stat().st_size < grown
    assert kept.standing() == {}
