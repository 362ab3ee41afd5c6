"""A draft holds canonical targets without those who are spared, and says what is wrong field by field."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.command.orders.given import spare
from tests.command.people import World
from tests.command.subjects.factories import AT, finding_row, subject

from fanzha.base.clock import to_ms
from fanzha.command.campaigns.models import Campaign, Placement
from fanzha.command.orders.services import campaign_targets, create_draft, receiver_kinds, subject_targets
from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.processes.parties import to_party
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.dispose import MOST_TARGETS
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.usefixtures("own_home")
ONE, OTHER, HOSPITAL = "+8617000001234", "+8617000001235", "+861088000120"


def drafted(world: World, *, values: tuple[str, ...] = ("170 0000 1234", HOSPITAL), **changes: Any) -> ProcessInstance:
    evidence = {
        "target_kind": "number",
        "action": "refuse",
        "reason": "a burst",
        "receivers": (to_party(world["carrier"]),),
        "expires_at": to_ms(timezone.now() + timedelta(days=7)),
    }
    viewer = world.viewer("centre", Role.ANALYST)
    with scoped_to(viewer):
        return create_draft(evidence | changes, values, viewer)[0]


def campaign(world: World) -> Campaign:
    created = Campaign._base_manager.create(owner=world["centre"], first_at=AT, last_at=AT, simulated=True)
    subjects = ((ONE, "phone_number"), (HOSPITAL, "phone_number"), ("x.example", "website"), (OTHER, "phone_number"))
    for value, kind in subjects:
        about = subject(value, kind)
        finding_row(world["centre"], about)
        Placement._base_manager.create(
            campaign=created,
            owner=world["centre"],
            subject=about,
            is_victim=value == HOSPITAL,
            top_score=float(value == ONE),
            heat=1,
            marking="TLP:AMBER",
            first_at=AT,
            last_at=AT,
        )
    return created


def test_targets_are_canonical_and_who_is_spared_is_counted(world: World, own_home: Path) -> None:
    spare(own_home, HOSPITAL)
    order = drafted(world)
    with unscoped("test"):
        step = Step.objects.get(instance=order)
    assert step.personal["subjects"] == [ONE] and (step.evidence["hits"], step.evidence["spared"]) == (1, 1)
    assert order.title == "+86 17•• ••0 1234" and order.state == "drafted" and order.simulated


def test_victims_are_left_out_and_counted_and_nobody_else_left_is_refused_with_what_to_do(world: World) -> None:
    finding_row(world["centre"], subject(OTHER), fraud_type="victim_at_risk")
    order = drafted(world, values=(ONE, OTHER))
    with unscoped("test"):
        step = Step.objects.get(instance=order)
    assert step.personal["subjects"] == [ONE] and (step.evidence["hits"], step.evidence["spared"]) == (1, 1)
    with pytest.raises(Refusal) as refused:
        drafted(world, values=(OTHER,))
    assert "Warn the person instead" in refused.value.fields["subjects"].en


def test_a_draft_from_a_campaign_marks_it_as_ordered(world: World) -> None:
    created = campaign(world)
    with scoped_to(world.viewer("centre")):
        kind, subjects = campaign_targets(created.ref, "number")
        assert (kind, list(subjects.values())) == ("number", [ONE, OTHER])
        kind, subjects = campaign_targets(created.ref)
        assert kind == "mixed" and "website:x.example" in subjects.values() and len(subjects) == 3
        site = subject("x.example", "website").ref
        assert subject_targets([site]) == ("site", {site: "x.example"})
    order = drafted(world, campaign=created.ref)
    created.refresh_from_db()
    assert (created.state, created.process, order.campaign) == ("ordered", order.ref, created.ref)


def test_as_many_targets_as_are_promised_can_be_ordered_on(world: World) -> None:
    every = tuple(f"+8617000{number:06d}" for number in range(MOST_TARGETS + 1))
    order = drafted(world, values=every[:-1])
    with unscoped("test"):
        assert len(Step.objects.get(instance=order).personal["subjects"]) == MOST_TARGETS
    with pytest.raises(Refusal) as refused:
        drafted(world, values=every)
    assert "1,000" in refused.value.fields["subjects"].en


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"action": "take_down"}, "action"),
        ({"values": ("110",)}, "subjects"),
        ({"values": (ONE, "nonsense")}, "subjects"),
        ({"receivers": ()}, "receivers"),
        ({"expires_at": to_ms(AT)}, "expires_at"),
    ],
)
def test_what_is_wrong_is_said_by_the_field(world: World, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        drafted(world, **changes)
    assert field in refused.value.fields


def test_whom_the_law_does_not_name_is_no_receiver(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        drafted(world, receivers=(to_party(world["bank"]),))
    assert "Example bank" in refused.value.fields["receivers"].en
    assert receiver_kinds("payment") == ["bank"]
