"""A notice asks for its document when it is written and for the proof of service when it is delivered, once each."""

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor, issued

from fanzha.command.processes.document_requests import request_proof_of_service
from fanzha.command.processes.models import OutboxItem, SubjectNotice
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.services import record_delivery
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.django_db


def requested() -> list[list[str]]:
    return [item.payload["documents"] for item in OutboxItem.objects.filter(effect="issue_documents").order_by("pk")]


def test_a_notice_and_its_delivery_ask_for_their_documents(world: World) -> None:
    issued(world)
    assert requested() == []
    deliver_due(timezone.now())
    assert requested() == [["notice"]]
    with unscoped("test"):
        notice = SubjectNotice.objects.get()
        record_delivery(notice, "by hand", actor(world, "centre", Role.CLERK))
        record_delivery(notice, "by hand again", actor(world, "centre", Role.CLERK))
        request_proof_of_service(notice, timezone.now())
    assert requested() == [["notice"], ["proof_of_service"]]


def test_a_notice_of_an_older_step_asks_for_nothing(world: World) -> None:
    issued(world)
    deliver_due(timezone.now())
    with unscoped("test"):
        notice = SubjectNotice.objects.get()
        notice.key = "from an earlier version"
        request_proof_of_service(notice, timezone.now())
    assert requested() == [["notice"]]
