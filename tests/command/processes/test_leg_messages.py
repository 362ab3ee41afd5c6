"""What a leg carries comes from the steps: the last value, for whom it is meant, and never without a reason missing."""

from typing import Any

import pytest
from tests.command.orders.given import leg_of
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.subjects.factories import subject

from fanzha.command.processes.leg_messages import IncompleteLeg, build_leg_message, find_request, requested_state
from fanzha.command.processes.models import Leg, OutboxItem, ProcessInstance, ProcessVersion, Step
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import LegMessage

NUMBER = "+8617000000903"


def helped(world: World, about: str = "", **evidence: Any) -> ProcessInstance:
    """A carrier asks the police to visit somebody, and tells her bank."""
    opening: dict[str, Any] = {"fraud_type": "fake_invest", "grade": "high", **evidence}
    who = actor(world, "carrier", Role.ANALYST)
    found = About(kind="phone_number", subject=about) if about else About()
    made = open_process("dissuasion", "open", world["carrier"], who, opening, about=found)
    visit = {"visitors": (to_party(world["police"]),), "visit_note": "she lives alone"}
    fire(made.ref, "ask_visit", who, visit)
    fire(made.ref, "hint_bank", who, {"banks": (to_party(world["bank"]),)})
    made.refresh_from_db()
    return made


def message(leg: Leg) -> LegMessage:
    with unscoped("test"):
        item = OutboxItem.objects.filter(leg=leg.name, effect="dispatch_leg", instance=leg.instance).latest("pk")
    request = find_request(item, leg)
    assert request is not None and requested_state(item, leg) == leg.state
    return build_leg_message(leg, request, item.step)


def carried(found: LegMessage) -> dict[str, Any]:
    return {field.name: [value.value for value in field.values] for field in found.fields}


def test_the_visitor_is_told_more_than_the_bank(world: World) -> None:
    made = helped(world, person=NUMBER)
    visitor, bank = message(leg_of(made, "1")), message(leg_of(made, "2"))
    assert carried(visitor) == {
        "grade": ["high"], "fraud_type": ["fake_invest"], "person": [NUMBER], "visit_note": ["she lives alone"],
    }  # fmt: skip
    assert carried(bank) == {"grade": ["high"], "fraud_type": ["fake_invest"], "person": [NUMBER]}
    assert (visitor.receiver, bank.receiver) == (world["police"].ref, world["bank"].ref)
    assert {answer.state for answer in bank.answers} == {"acknowledged", "executed", "refused"}


def test_who_is_named_by_the_page_alone_goes_out_too(world: World) -> None:
    found = message(leg_of(helped(world, about=subject(NUMBER).ref), "2"))
    assert carried(found)["about"] == [NUMBER] and "person" not in carried(found)


def test_a_leg_about_nobody_waits_with_its_reason(world: World) -> None:
    with pytest.raises(IncompleteLeg, match="names nobody"):
        message(leg_of(helped(world), "2"))


def test_what_was_corrected_goes_out_as_corrected(world: World) -> None:
    made = helped(world, person=NUMBER)
    fire(made.ref, "change_type", actor(world, "carrier", Role.ANALYST), {"fraud_type": "romance"})
    assert carried(message(leg_of(made, "2")))["fraud_type"] == ["romance"]


def test_evidence_that_was_erased_is_missed(world: World) -> None:
    evidence: dict[str, Any] = {"what": "x", "urgency": "now", "banks": (to_party(world["bank"]),)}
    hint = open_process("risk_hint", "send", world["carrier"], actor(world, "carrier", Role.ANALYST), evidence)
    with unscoped("test"):
        Step.objects.filter(instance=hint, number=1).update(evidence={"urgency": "now"})
    with pytest.raises(IncompleteLeg, match="the evidence what is missing"):
        message(leg_of(hint))


def test_a_field_for_regulators_reaches_the_provincial_one_alone(world: World) -> None:
    evidence: dict[str, Any] = {
        "fraud_type": "fake_invest",
        "grade": "urgent",
        "subjects": (NUMBER,),
        "summary": "a burst of calls",
        "receivers": (to_party(world["administration"]), to_party(world["police"])),
    }
    lead = open_process("lead", "draft", world["carrier"], actor(world, "carrier", Role.ANALYST), evidence)
    with unscoped("test"):
        version = ProcessVersion.objects.get(pk=lead.version.pk)
        before, after = "packet, legal_basis]}", "packet, legal_basis], only_for: {summary: [regulator]}}"
        assert before in version.text
        ProcessVersion.objects.filter(pk=version.pk).update(text=version.text.replace(before, after))
    fire(lead.ref, "hand_over", actor(world, "carrier", Role.REVIEWER), {"legal_basis": "Art. 26"})
    assert carried(message(leg_of(lead, "1")))["summary"] == ["a burst of calls"]
    assert "summary" not in carried(message(leg_of(lead, "2")))
