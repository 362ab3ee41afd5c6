"""What the reporter writes by the receipt code is added, reopens the report or asks for protection."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.reports.reports_made import passed_on, received
from tests.command.web.test_screenshots import png

from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.processes.services import fire
from fanzha.command.reports.follow_up import ReporterMessage, take_follow_up
from fanzha.command.reports.models import Report
from fanzha.command.reports.presenters import present_progress
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_one_thing_is_taken_at_a_time_and_nothing_is_done_for_nothing(world: World) -> None:
    report, process = received(world), passed_on(world)
    with unscoped("test"), translation.override("en"):
        Report.objects.update(process=process.ref, state="opened")
        report.refresh_from_db()
        assert take_follow_up(report, ReporterMessage()) == ""
        assert take_follow_up(report, ReporterMessage(facts="They called again")) == "Your facts were added."
        with pytest.raises(Refusal):
            take_follow_up(report, ReporterMessage(facts="more", danger="He knows me"))
        assert "Protection was asked for" in take_follow_up(report, ReporterMessage(danger="He knows me"))
        with pytest.raises(Refusal):
            take_follow_up(report, ReporterMessage(objection="There is no answer yet"))


def test_a_picture_that_is_not_taken_takes_no_room_of_the_day(world: World, home: Path) -> None:
    report, process = received(world), passed_on(world)

    def send(**more: str) -> str:
        return take_follow_up(report, ReporterMessage(picture=SimpleUploadedFile("a.png", png()), **more))

    with unscoped("test"), translation.override("en"):
        with pytest.raises(Refusal):
            send()  # it waits to be read
        Report.objects.update(process=process.ref, state="opened")
        report.refresh_from_db()
        with pytest.raises(Refusal):
            send(objection="There is no answer yet")
        ProcessInstance.objects.filter(pk=process.pk).update(state="following_up")
        with pytest.raises(Refusal):
            send()
        ProcessInstance.objects.filter(pk=process.pk).update(state="assigned")
        for number in range(3):
            take_follow_up(report, ReporterMessage(facts=f"They called again, {number}"))
        with pytest.raises(Refusal):
            send(facts="And a picture")
    assert not list(home.glob("report-screenshots/*"))


def test_a_question_is_answered_once_by_its_reporter_and_passed_on(world: World) -> None:
    first, joined = received(world, contact="+8617000000088"), received(world, address="203.0.113.1")
    process = passed_on(world)
    with unscoped("test"):
        Report.objects.filter(pk=first.pk).update(process=process.ref, state="opened")
        Report.objects.filter(pk=joined.pk).update(process=process.ref, state="joined")
        first.refresh_from_db()
        joined.refresh_from_db()
        with pytest.raises(Refusal):
            take_follow_up(first, ReporterMessage(reply="nobody asked"))
        fire(process.ref, "ask_reporter", actor(world, "centre", Role.CLERK), {"question": "At what time?"})
        assert (present_progress(first).question, present_progress(joined).question) == ("At what time?", "")
        assert present_progress(first).waits_for == "waits for your answer"
        with pytest.raises(Refusal):
            take_follow_up(joined, ReporterMessage(reply="I was not asked"))
        with translation.override("en"):
            assert take_follow_up(first, ReporterMessage(reply="At noon; call 17000000088")) == "Your answer was sent."
        assert present_progress(first).question == ""
        fire(process.ref, "ask_reporter", actor(world, "centre", Role.CLERK), {"question": "And who paid?"})
        with pytest.raises(Refusal):
            take_follow_up(first, ReporterMessage(reply="  "))
        ProcessInstance.objects.filter(pk=process.pk).update(state="following_up")
        assert present_progress(first).question == ""  # nobody can answer it any more
        steps = Step.objects.filter(instance=process)
        (answer,) = steps.filter(event="answer_question")
        assert answer.personal["facts"] == "At what time?\nAt noon; call […]"
        assert steps.filter(event="hear_facts", leg="1").exists()
