"""A decision stands on the subject's page under its order, once however often it is written, and in the log."""

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.audit.models import LogEntry
from fanzha.command.orders.decision_opinions import record_order_opinions, withdraw_opinions
from fanzha.command.orders.order_summary import summarize_order
from fanzha.command.subjects.models import OpinionRow, Subject
from fanzha.command.web.scoping import scoped_to, unscoped

pytestmark = pytest.mark.usefixtures("own_home")


def test_written_twice_it_is_one_and_its_owner_finds_the_subject(world: World) -> None:
    order = issued(world)
    with unscoped("test"):
        for _ in range(2):
            record_order_opinions(order, summarize_order(order), timezone.now())
        assert OpinionRow.objects.get().treatment == "refuse"
    with scoped_to(world.viewer("centre")):
        assert Subject.objects.get().value == "+8617000001234"
    with scoped_to(world.viewer("other_carrier")):
        assert not Subject.objects.exists()
    with unscoped("test"):
        assert LogEntry.objects.filter(kind="decision_published").count() == 1


def test_taken_back_it_counts_no_more(world: World) -> None:
    order = issued(world)
    with unscoped("test"):
        record_order_opinions(order, summarize_order(order), timezone.now())
        assert len(withdraw_opinions(order, "roll_back", timezone.now())) == 1
        assert withdraw_opinions(order, "roll_back", timezone.now()) == []
