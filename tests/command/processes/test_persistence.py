"""A change is on record whole or not at all; of two at the same moment one is."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.evidence_uploads import upload_for_all
from tests.command.people import World
from tests.command.processes.orders_made import actor, draft_evidence, drafted, issued

from fanzha.base.clock import to_ms
from fanzha.command.processes.models import Leg, OutboxItem, ProcessInstance, Step
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.persistence import ConcurrentStep, split_evidence, update_instance
from fanzha.command.processes.process_settings import current_settings
from fanzha.command.processes.services import fire, open_process
from fanzha.command.processes.situations import current_situation
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes import engine


def test_personal_evidence_is_kept_apart(world: World) -> None:
    order = drafted(world)
    with unscoped("test"):
        step = Step.objects.get(instance=order)
    assert step.personal == {"subjects": ["+8617000001234"]} and "subjects" not in step.evidence
    assert step.evidence["action"] == "refuse"
    assert split_evidence({}, {"unknown": 1}) == ({}, {"unknown": 1})


def test_of_two_changes_that_began_at_the_same_point_one_is_recorded(world: World) -> None:
    order, other = drafted(world), None
    with unscoped("test"):
        other = ProcessInstance.objects.select_related("version").get(pk=order.pk)
    process = other.version.process
    at = to_ms(timezone.now())
    reviewer = actor(world, "centre", Role.REVIEWER)
    change = engine.fire(
        process, current_situation(other), "send_back", reviewer, {"reason": "x"}, at, settings=current_settings()
    )
    fire(order.ref, "approve", reviewer, {"opinion": "yes"})
    with pytest.raises(ConcurrentStep):
        update_instance(other, change, process, at)


def test_a_forwarded_leg_ends_and_the_next_one_begins(world: World) -> None:
    now = timezone.now()
    order = issued(world, now, ("carrier",))
    given = {"cause": "ported_out", "holder": to_party(world["other_carrier"])}
    fire(order.ref, "forward", actor(world, "carrier", Role.EXECUTOR), given, leg="1", at=now + timedelta(minutes=1))
    with unscoped("test"):
        legs = {leg.receiver.pk: leg for leg in Leg.objects.filter(instance=order)}
        assert legs[world["carrier"].pk].ended_at is not None
        assert legs[world["other_carrier"].pk].state == "sent" and legs[world["other_carrier"].pk].due_at is not None
        order.refresh_from_db()
        assert order.due_at == legs[world["other_carrier"].pk].due_at


def test_what_is_withheld_from_the_person_concerned_is_written_when_its_time_has_come(world: World) -> None:
    now = timezone.now()
    until = now + timedelta(days=1)
    withheld = {"notice_withheld_until": to_ms(until), "withholding_document": upload_for_all([b"a paper"])}
    evidence = draft_evidence(world, now, ("carrier",)) | withheld
    order = open_process("order", "draft", world["police"], actor(world, "police", Role.ANALYST), evidence, at=now)
    reviewer = actor(world, "police", Role.REVIEWER)
    fire(order.ref, "approve", reviewer, {"opinion": "as the evidence says"}, at=now)
    fire(order.ref, "end_early", reviewer, {"reason": "the case is closed"}, at=now)
    with unscoped("test"):
        assert to_ms(OutboxItem.objects.get(instance=order, effect="notify_subject").next_at) == to_ms(until)
