"""A report is settled once, joins only what is not decided, and one that money was paid for stands alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.orders.given import leg_of
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.reports.reports_made import passed_on, received

from fanzha.base.clock import to_ms
from fanzha.command.processes.leg_messages import build_leg_message, current_question, find_request
from fanzha.command.processes.models import OutboxItem, ProcessInstance, Step
from fanzha.command.processes.services import fire
from fanzha.command.reports.intake_worker import read_reports
from fanzha.command.reports.report_processes import (
    HIDDEN,
    JoinResult,
    hide_contact,
    join_report,
    open_report,
    open_unopened,
)
from fanzha.command.reports.services import add_facts, reply_to_question
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def events_of(ref: str) -> list[str]:
    with unscoped("test"):
        return list(Step.objects.filter(instance__ref=ref, leg="").order_by("number").values_list("event", flat=True))


def test_a_report_is_opened_once_whoever_does_it(world: World) -> None:
    report = received(world)
    same = type(report)._base_manager.get(pk=report.pk)
    process = open_report(report, timezone.now())
    assert process and open_report(same, timezone.now()) == ""
    assert join_report(same, process, timezone.now()) is JoinResult.SETTLED
    assert open_unopened(same, timezone.now()).process == process
    with unscoped("test"):
        assert ProcessInstance.objects.count() == 1


def test_money_that_was_paid_is_not_hidden_in_an_earlier_report(world: World) -> None:
    received(world)
    paid = received(world, address="203.0.113.1", is_paid=True)
    result = read_reports(world["centre"], timezone.now())
    paid.refresh_from_db()
    assert result.opened == 2
    assert events_of(paid.process)[0] == "receive_paid"


def test_the_text_of_a_joined_report_reaches_the_process(world: World) -> None:
    received(world)
    joined = received(world, address="203.0.113.1", text="")
    read_reports(world["centre"], timezone.now())
    joined.refresh_from_db()
    more = received(world, address="203.0.114.1")
    more.text = "They asked for a code"
    assert join_report(more, joined.process, timezone.now()) is JoinResult.JOINED
    assert events_of(joined.process)[-1] == "add_facts"


def test_the_receiver_hears_when_it_happened(world: World) -> None:
    at = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    report = received(world, happened_at=at)
    read_reports(world["centre"], timezone.now())
    more = received(world, address="203.0.113.1", happened_at=at + timedelta(hours=1), text="They called again")
    read_reports(world["centre"], timezone.now())
    more.refresh_from_db()
    report.refresh_from_db()
    assert (report.happened_at, report.process) == (at, more.process)
    with unscoped("test"):
        steps = list(Step.objects.filter(instance__ref=report.process, leg="").order_by("number"))
    assert steps[0].evidence["happened_at"] == to_ms(at)
    assert steps[-1].personal["facts"] == "[2026-03-01 09:30] They called again"


def test_what_cannot_have_happened_then_is_not_kept(world: World) -> None:
    assert received(world, happened_at=timezone.now() + timedelta(days=1)).happened_at is None


def test_what_was_rejected_takes_no_further_report(world: World) -> None:
    first = received(world)
    read_reports(world["centre"], timezone.now())
    first.refresh_from_db()
    grounds = {"ground": "nothing", "reason": "Nothing was said"}
    fire(first.process, "propose_rejection", actor(world, "centre", Role.ANALYST), grounds)
    fire(first.process, "confirm_rejection", actor(world, "centre", Role.REVIEWER), {"answer": "Nothing to check"})
    second = received(world, address="203.0.113.1")
    assert join_report(second, first.process, timezone.now()) is JoinResult.DECIDED
    assert read_reports(world["centre"], timezone.now()).opened == 1
    second.refresh_from_db()
    assert second.process != first.process


def test_one_that_cannot_be_opened_keeps_nobody_waiting(world: World) -> None:
    """A bank owns no reports: what came there fails with its reason, and what comes after it is read."""
    report = received(world, "bank")
    assert read_reports(world["bank"], timezone.now()).opened == 0
    report.refresh_from_db()
    assert report.state == "failed" and report.problem
    assert read_reports(world["bank"], timezone.now()).opened == 0


def test_who_took_a_report_by_phone_does_not_call_back(world: World, home: Path) -> None:
    taker = actor(world, "centre", Role.REVIEWER)
    report = received(world)
    report.taker = taker.person
    open_report(report, timezone.now())
    with unscoped("test"):
        history = ProcessInstance.objects.get().situation["history"]
    assert history[0]["person"] == taker.person


@pytest.mark.parametrize("written", ["17000000088", "+86 170 0000 0088", "86-170-0000-0088"])
def test_the_reporters_own_number_is_not_passed_on_in_the_text(written: str) -> None:
    text = hide_contact(f"Call me at {written}, they used 17000000021", "+8617000000088")
    assert text == f"Call me at {HIDDEN}, they used 17000000021"


def test_other_contacts_are_hidden_too_and_longer_numbers_stay() -> None:
    assert hide_contact("Write to A@mail.example", "a@mail.example") == f"Write to {HIDDEN}"
    assert hide_contact("Card 6217000000088123", "+8617000000088") == "Card 6217000000088123"
    assert hide_contact("Nothing was left", "") == "Nothing was left"


def test_all_added_facts_go_to_the_receiver_that_works_on_the_report(world: World) -> None:
    """Those that are added while a first sending still waits go out too, and none after it was acted on."""
    process = passed_on(world)
    report = received(world)
    with unscoped("test"):
        type(report).objects.update(process=process.ref, state="opened")
    report.refresh_from_db()
    executor = actor(world, "carrier", Role.EXECUTOR)
    add_facts(report, "They called again")
    fire(process.ref, "acknowledge", executor, {}, leg="1")
    add_facts(report, "From another number")
    fire(process.ref, "ask_reporter", actor(world, "centre", Role.CLERK), {"question": "Which one?"})
    reply_to_question(report, "The same as before")
    with unscoped("test"):
        leg = leg_of(process, "1")
        item = OutboxItem.objects.filter(instance=process.pk, effect="dispatch_leg").latest("pk")
        request = find_request(item, leg)
        assert request is not None and item.payload["event"] == "hear_facts"
        message = build_leg_message(leg, request, item.step)
        question = current_question(leg)
    carried = {field.name: [value.value for value in field.values] for field in message.fields}
    assert carried["facts"] == ["They called again", "From another number", "Which one?\nThe same as before"]
    assert question is not None and item.step in question.numbers
    fire(process.ref, "report_disposed", executor, {"measure": "limit", "done_at": 1_770_000_000_000}, leg="1")
    add_facts(report, "And once more")
    with unscoped("test"):
        assert OutboxItem.objects.filter(instance=process.pk, effect="dispatch_leg").latest("pk") == item
