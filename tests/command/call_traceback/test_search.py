"""What the own records say decides the step; what they do not decide waits for a person."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.command.call_traceback.chain_made import (
    AT,
    UNSCOPED,
    Wire,
    begin,
    hops_of,
    join,
    keep_call,
    name_trunk,
    part_of,
    state_of,
)
from tests.command.people import World

from fanzha.base.clock import to_ms
from fanzha.command.call_traceback.models import TrunkParty, TrunkPartyKind
from fanzha.command.processes.services import fire
from fanzha.processes.parties import SYSTEM

pytestmark = [pytest.mark.django_db]


@pytest.mark.parametrize(
    ("change", "reason", "meant"),
    [
        ("foreign", "foreign", "Carrier Abroad (SG)"),
        ("not_joined", "not_joined", "示例other_mvno ‖ Example other_mvno"),
        ("not_matched", "not_matched", ""),
        ("no_records", "no_records", ""),
        ("loop", "loop", ""),
    ],
)
def test_it_ends_with_the_reason_of_the_operator(
    world: World, wire: Wire, home: Path, change: str, reason: str, meant: str
) -> None:
    parties = UNSCOPED.rows(TrunkParty).filter(owner=world["far_carrier"])
    more: dict[str, Any] = {}
    if change == "foreign":
        parties.delete()
        kind = TrunkPartyKind.FOREIGN
        name_trunk(world, "far_carrier", "IC-MVNO", kind=kind, name="Carrier Abroad", country="SG")
    elif change == "not_joined":
        parties.update(operator=world["other_mvno"])
    elif change == "not_matched":
        for name, at in (("before", -9e6), ("after", 9e6)):
            keep_call(world, "far_carrier", name, "IC-MVNO", occurred_at=to_ms(AT) + int(at), callee="+8617000000009")
        more = {"called": "+8617000000004", "trunk": "IC-FAR"}
    elif change == "no_records":
        more = {"called_at": AT - timedelta(days=400), "trunk": "IC-FAR"}
    elif change == "loop":
        join(world, home, "far_carrier", "carrier")
        parties.update(operator=world["carrier"])
    row = begin(world, "carrier", **more)
    wire.run()
    last = hops_of(row)[-1]
    assert (last.state, last.reason, last.meant) == ("ended", reason, meant)
    assert state_of(row) == "dead_end" and state_of(part_of(world, "far_carrier")) == "answered"


def test_a_clock_that_is_wrong_is_corrected(world: World, wire: Wire) -> None:
    row = begin(world, called_at=AT + timedelta(minutes=20), clock_offset_ms=20 * 60_000)
    wire.run()
    assert state_of(row) == "origin_found"
    without = begin(world, called_at=AT + timedelta(minutes=20), trunk="")
    wire.run()
    assert hops_of(without)[0].reason in ("not_matched", "no_records")


def test_what_the_records_do_not_decide_waits_for_a_person(world: World, wire: Wire) -> None:
    UNSCOPED.rows(TrunkParty).filter(owner=world["carrier"]).delete()
    row = begin(world)
    wire.run(1)
    assert state_of(row) == "to_answer" and hops_of(row)[0].trunk == "IC-FAR"


def test_an_operator_that_wants_to_answer_by_people_is_not_answered_for(world: World, home: Path, wire: Wire) -> None:
    join(world, home, "carrier", "far_carrier", answers_alone=False)
    row = begin(world)
    wire.run()
    part = part_of(world, "far_carrier")
    assert state_of(part) == "to_answer" and state_of(row) == "asked"
    fire(part.process, "end_here", SYSTEM, {"reason": "refused"})
    wire.run(3)
    assert hops_of(row)[-1].reason == "refused" and state_of(row) == "dead_end"


def test_own_mobile_subscribers_are_the_origin_without_an_entry(world: World, home: Path) -> None:
    keep_call(world, "carrier", "m-1", "", ingress="mobile")
    row = begin(world)
    Wire(set()).run(1)
    assert hops_of(row)[0].customer_class == "subscriber" and state_of(row) == "origin_found"


def test_damaged_records_leave_the_call_to_a_person(world: World, wire: Wire, home: Path) -> None:
    for path in (home / "call_records" / world["carrier"].ref).rglob("*.parquet"):
        path.write_bytes(b"PAR1 damaged")
    row = begin(world)
    wire.run(2)
    assert state_of(row) == "to_answer"


def test_a_question_that_matches_nothing_waits_for_a_person_too(world: World, home: Path, wire: Wire) -> None:
    join(world, home, "carrier", "far_carrier", answers_alone=False)
    begin(world, called="+8617000000004", trunk="IC-FAR")
    wire.run()
    assert state_of(part_of(world, "far_carrier")) == "to_answer"


def test_an_invented_caller_learns_no_number(world: World, wire: Wire) -> None:
    row = begin(world, calling="+8617000000077", duration_s=None, trunk="IC-FAR")
    wire.run()
    part = part_of(world, "far_carrier")
    assert state_of(part) == "to_answer" and not any(hop.caller for hop in [*hops_of(row), *hops_of(part)])


def test_too_many_questions_of_a_day_wait_for_a_person(world: World, home: Path, wire: Wire) -> None:
    (home / "fanzha.toml").write_text("[call_traceback]\nquestions_a_day = 1\n")
    first, second = begin(world), begin(world)
    wire.run()
    assert (state_of(first), state_of(second)) == ("origin_found", "asked")
    assert state_of(part_of(world, "far_carrier")) == "to_answer"
