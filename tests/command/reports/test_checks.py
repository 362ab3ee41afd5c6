"""The call-back is drawn by a key of the site, and whoever handled a report verifies nothing of it."""

from pathlib import Path

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.reports.reports_made import checked, passed_on

from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.selectors import to_party
from fanzha.command.processes.services import fire
from fanzha.command.reports.checks import is_drawn
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Reason, Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
ANSWER = {"outcome": "confirmed", "answer": "The number was limited."}
CALLED = {"called_at": 1_770_000_000_000, "said": "agrees"}


def draw_all(home: Path, share: float) -> None:
    (home / "fanzha.toml").write_text(f"[reports]\ncall_back_share = {share}\n")


def state_of(report: ProcessInstance) -> str:
    with unscoped("test"):
        return ProcessInstance.objects.get(pk=report.pk).state


def test_the_draw_takes_about_the_share_and_gives_the_same_again() -> None:
    drawn = [is_drawn(f"report{number}", 0, 0.1, b"k" * 32) for number in range(2_000)]
    assert 150 < sum(drawn) < 250
    assert drawn == [is_drawn(f"report{number}", 0, 0.1, b"k" * 32) for number in range(2_000)]
    assert not any(is_drawn(f"report{number}", 0, 0.0, b"k" * 32) for number in range(100))


def test_an_answer_that_is_drawn_waits_for_a_call_of_somebody_else(world: World, home: Path) -> None:
    draw_all(home, 1)
    report = checked(world)
    clerk = actor(world, "centre", Role.CLERK)
    fire(report.ref, "answer", clerk, ANSWER)
    assert state_of(report) == "to_call_back"
    fire(report.ref, "confirm_by_call", actor(world, "centre", Role.REVIEWER), CALLED)
    assert state_of(report) == "following_up"


def test_an_answer_that_is_not_drawn_waits_for_the_reporter(world: World, home: Path) -> None:
    draw_all(home, 0)
    report = checked(world)
    fire(report.ref, "answer", actor(world, "centre", Role.CLERK), ANSWER)
    assert state_of(report) == "answered"


def test_nobody_says_whether_the_answer_is_drawn(world: World, home: Path) -> None:
    draw_all(home, 1)
    report = checked(world)
    with pytest.raises(Refusal):
        fire(report.ref, "answer", actor(world, "centre", Role.CLERK), {**ANSWER, "drawn": False})


def test_who_handled_a_report_does_not_verify_it(world: World, home: Path) -> None:
    draw_all(home, 1)
    report = checked(world, "carrier", "carrier", Role.EXECUTOR, Role.REVIEWER)
    fire(report.ref, "answer", actor(world, "carrier", Role.CLERK), ANSWER)
    handler = actor(world, "carrier", Role.EXECUTOR, Role.REVIEWER)
    with pytest.raises(Refusal) as refused:
        fire(report.ref, "confirm_by_call", handler, CALLED)
    assert refused.value.reason is Reason.SAME_PERSON
    fire(report.ref, "confirm_by_call", actor(world, "carrier", Role.INSPECTOR), CALLED)
    assert state_of(report) == "following_up"


def test_a_report_closes_once_all_have_accounted_for_it(world: World, home: Path) -> None:
    draw_all(home, 1)
    report = checked(world)
    fire(report.ref, "answer", actor(world, "centre", Role.CLERK), ANSWER)
    fire(report.ref, "confirm_by_call", actor(world, "centre", Role.REVIEWER), CALLED)
    executor = actor(world, "carrier", Role.EXECUTOR)
    fire(report.ref, "rectify", executor, {"cause": "outlet", "fix": "The outlet was trained"}, leg="1")
    fire(report.ref, "account", actor(world, "carrier", Role.REVIEWER), {"sanction": "talk"}, leg="1")
    assert state_of(report) == "closed"


def test_a_contradicted_report_is_checked_again(world: World, home: Path) -> None:
    draw_all(home, 1)
    report = checked(world)
    fire(report.ref, "answer", actor(world, "centre", Role.CLERK), ANSWER)
    called = {"called_at": CALLED["called_at"], "note": "The calls go on"}
    fire(report.ref, "contradict_by_call", actor(world, "centre", Role.REVIEWER), called)
    again = {"instruction": "Look at the calls of this week"}
    fire(report.ref, "send_back", actor(world, "centre", Role.DUTY_OFFICER), again)
    with unscoped("test"):
        assert ProcessInstance.objects.get(pk=report.pk).legs.get().state == "checking"


def test_not_ours_sends_a_report_on(world: World) -> None:
    report = passed_on(world)
    moved = {"holder": to_party(world["other_carrier"]), "reason": "The number was ported"}
    fire(report.ref, "pass_on", actor(world, "carrier", Role.EXECUTOR), moved, leg="1")
    with unscoped("test"):
        legs = ProcessInstance.objects.get(pk=report.pk).legs.order_by("name")
        assert [(leg.receiver, leg.state) for leg in legs] == [
            (world["carrier"], "passed_on"),
            (world["other_carrier"], "sent"),
        ]
