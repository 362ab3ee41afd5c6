"""The reporter sees how far the own report is and its answer; nothing of other reporters or of people."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.reports.reports_made import REPORTED, checked, received, taken_in

from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.services import fire
from fanzha.command.processes.worker import fire_due_timers
from fanzha.command.reports.models import Report
from fanzha.command.reports.presenters import present_progress, present_row, report_facts, state_title
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_a_report_that_waits_is_only_received(world: World) -> None:
    progress = present_progress(received(world))
    assert [step.is_done for step in progress.steps] == [True, False, False, False, False]
    assert not progress.may_add and not progress.may_object


def test_the_answer_is_shown_and_may_be_objected_to(world: World, home: Path) -> None:
    (home / "fanzha.toml").write_text("[reports]\ncall_back_share = 0\n")
    report, process = received(world), checked(world)
    with unscoped("test"):
        Report.objects.filter(pk=report.pk).update(process=process.ref, state="opened")
        report.refresh_from_db()
    assert [step.is_done for step in present_progress(report).steps] == [True, True, True, False, False]
    evidence = {"outcome": "confirmed", "answer": "The number was limited."}
    fire(process.ref, "answer", actor(world, "centre", Role.CLERK), evidence)
    progress = present_progress(report)
    assert (progress.answer, progress.may_object) == ("The number was limited.", True)
    assert REPORTED not in progress.shown


def opened_as(report: Report, process: ProcessInstance) -> Report:
    """The report, opened in a process."""
    with unscoped("test"):
        Report.objects.filter(pk=report.pk).update(process=process.ref, state="opened")
        report.refresh_from_db()
    return report


@pytest.mark.usefixtures("in_english")
def test_a_rejected_report_waits_to_be_passed_on_to_nobody(world: World) -> None:
    process = taken_in(world)
    report = opened_as(received(world), process)
    assert present_progress(report).waits_for == "waits for the step “Passed to whoever runs it”"
    fire(process.ref, "propose_rejection", actor(world, "centre", Role.ANALYST), {"ground": "lawful", "reason": "x"})
    assert present_progress(report).waits_for == "waits for the step “Check”"
    fire(process.ref, "confirm_rejection", actor(world, "centre", Role.REVIEWER), {"answer": "A shop called."})
    refused = present_progress(report)
    assert refused.waits_for == "" and refused.may_object
    assert [step.title for step in refused.steps] == ["Received", "Answer", "Closing"]
    fire_due_timers(timezone.now() + timedelta(days=16))
    closed = present_progress(report)
    assert closed.is_closed and closed.waits_for == "" and all(step.is_done for step in closed.steps)


@pytest.mark.usefixtures("in_english")
def test_a_merged_report_and_one_that_failed_wait_for_nobody(world: World) -> None:
    process, other = taken_in(world), taken_in(world)
    report = opened_as(received(world), process)
    fire(process.ref, "merge", actor(world, "centre", Role.CLERK), {"into": other.ref})
    merged = present_progress(report)
    assert merged.waits_for.startswith("joined") and [step.title for step in merged.steps] == ["Received", "Closing"]
    with unscoped("test"):
        Report.objects.filter(pk=report.pk).update(process="", state="failed")
        report.refresh_from_db()
    assert "report it again" in present_progress(report).waits_for


def test_the_desk_sees_a_row_and_facts_without_the_contact(world: World) -> None:
    report = received(world, contact="+8617000000088", is_paid=True, text="Call 17000000099 back")
    with scoped_to(world.viewer("centre", Role.CLERK)):
        shown = f"{present_row(report)} {report_facts(report)}"
    assert "17000000088" not in shown and "17000000099" not in shown
    assert state_title("held")
