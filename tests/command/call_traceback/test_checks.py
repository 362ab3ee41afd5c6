"""Steps that the definition of the process allows are refused where they make no sense."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.command.call_traceback.chain_made import (
    AT,
    UNSCOPED,
    Wire,
    begin,
    hops_of,
    state_of,
)
from tests.command.people import World

from fanzha.command.call_traceback.models import Traceback, TrunkParty
from fanzha.command.processes.selectors import to_actor, to_party
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.processes.parties import SYSTEM
from fanzha.processes.refusal import Refusal

pytestmark = [pytest.mark.django_db]


@pytest.mark.parametrize(("field", "value"), [("called", "no number"), ("called_at", AT + timedelta(days=2))])
def test_what_is_no_call_is_refused(world: World, home: Path, field: str, value: object) -> None:
    with pytest.raises(Refusal):
        begin(world, "carrier", **{field: value})


def test_only_a_joined_operator_is_asked(world: World, wire: Wire) -> None:
    UNSCOPED.rows(TrunkParty).filter(owner=world["carrier"]).delete()
    row = begin(world)
    wire.run(1)
    for name in ("other_mvno", "carrier"):
        with pytest.raises(Refusal):
            fire(row.process, "ask_upstream", SYSTEM, {"upstream": to_party(world[name]), "trunk": "T"})
    fire(row.process, "ask_upstream", SYSTEM, {"upstream": to_party(world["far_carrier"]), "trunk": "T"})
    assert [hop.trunk for hop in hops_of(row)] == ["T", ""] and state_of(row) == "asked"


def test_who_waits_no_longer_ends_the_open_hop(world: World, wire: Wire) -> None:
    row = begin(world)
    wire.down.add("far-carrier.example")
    wire.run(1)
    fire(row.process, "withdraw", to_actor(world.viewer("carrier", Role.REVIEWER)), {"reason": "a mistake"})
    assert hops_of(row)[-1].reason == "withdrawn" and UNSCOPED.rows(Traceback).get(pk=row.pk).ended_at


def test_people_take_the_steps_that_the_records_do_not_decide(world: World, wire: Wire) -> None:
    UNSCOPED.rows(TrunkParty).filter(owner=world["carrier"]).delete()
    analyst = to_actor(world.viewer("carrier", Role.ANALYST))
    for event, evidence, state in (
        ("end_here", {"reason": "foreign", "operator": "Carrier Abroad (SG)"}, "dead_end"),
        ("find_origin", {"customer_class": "call_centre", "gateway": "gateway 3"}, "origin_found"),
        ("ask_upstream", {"upstream": to_party(world["far_carrier"]), "trunk": "T"}, "asked"),
    ):
        row = begin(world)
        wire.run(1)
        assert state_of(row) == "to_answer"
        fire(row.process, event, analyst, evidence)
        assert state_of(row) == state
        if state == "origin_found":
            for step in ("recheck_customer", "open_case", "hand_over"):
                fire(row.process, step, analyst, {})
        if state != "asked":
            fire(row.process, "close", analyst, {"note": "handed over"})
            assert state_of(row) == "closed"


def test_an_overdue_hop_may_be_given_up(world: World, wire: Wire) -> None:
    row = begin(world)
    wire.down.add("far-carrier.example")
    wire.run(1)
    fire(row.process, "hop_overdue", SYSTEM, {})
    fire(row.process, "give_up", to_actor(world.viewer("carrier", Role.REVIEWER)), {"note": "three reminders"})
    assert hops_of(row)[-1].reason == "no_answer" and state_of(row) == "dead_end"
