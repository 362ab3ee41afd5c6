"""A decision stands on the subject's page under its process, once however often it is written, and in the log."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import issued
from tests.command.subjects.factories import subject

from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.command.audit.models import LogEntry
from fanzha.command.subjects.decisions import DecisionDraft, record_decision, withdraw_decision
from fanzha.command.subjects.models import OpinionRow, Subject
from fanzha.command.web.scoping import scoped_to, unscoped

pytestmark = pytest.mark.usefixtures("home")

REFUSE = DecisionDraft(Level.SUSPECTED, "经核查", ("ATF Art. 13",), Treatment.REFUSE)


def test_written_twice_it_is_one_and_its_owner_finds_the_subject(world: World) -> None:
    order, number = issued(world), subject()
    with unscoped("test"):
        for _ in range(2):
            record_decision(order, [number.pk], REFUSE, timezone.now())
        assert OpinionRow.objects.get().treatment == "refuse"
    with scoped_to(world.viewer("centre")):
        assert Subject.objects.get() == number
    with scoped_to(world.viewer("other_carrier")):
        assert not Subject.objects.exists()
    with unscoped("test"):
        assert LogEntry.objects.filter(kind="decision_published").count() == 1


def test_recorded_with_another_end_it_is_updated(world: World) -> None:
    order, number, now = issued(world), subject(), timezone.now()
    with unscoped("test"):
        record_decision(order, [number.pk], REFUSE, now)
        until = now + timedelta(days=30)
        record_decision(order, [number.pk], DecisionDraft(REFUSE.level, "", (), REFUSE.treatment, until), now)
        row = OpinionRow.objects.get()
    assert (row.until, row.reason_zh) == (until, "经核查")


def test_withdrawn_it_counts_no_more(world: World) -> None:
    order, number = issued(world), subject()
    with unscoped("test"):
        record_decision(order, [number.pk], REFUSE, timezone.now())
        assert withdraw_decision(order, "roll_back", timezone.now()) == [number.pk]
        assert withdraw_decision(order, "roll_back", timezone.now()) == []
