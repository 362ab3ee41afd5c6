"""The reporter sees how far the own report is and its answer; nothing of other reporters or of people."""

from pathlib import Path

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.reports.reports_made import REPORTED, checked, received

from fanzha.command.processes.services import fire
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


def test_the_desk_sees_a_row_and_facts_without_the_contact(world: World) -> None:
    report = received(world, contact="+8617000000088", is_paid=True, text="Call 17000000099 back")
    with scoped_to(world.viewer("centre", Role.CLERK)):
        shown = f"{present_row(report)} {report_facts(report)}"
    assert "17000000088" not in shown and "17000000099" not in shown
    assert state_title("held")
