"""Cases of the demo beside the orders: people are warned with different outcomes, money that was paid is returned."""

from datetime import UTC, datetime, timedelta

import pytest

from fanzha.command.processes.models import ProcessInstance
from fanzha.command.web.scoping import unscoped
from fanzha.run.demo_cases import DemoCases
from fanzha.run.demo_clock import DemoClock
from fanzha.run.demo_province import create_demo_province
from fanzha.run.demo_steps import DemoSteps

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_of_four_people_who_are_warned_two_are_dissuaded_one_has_paid_and_one_is_not_defrauded() -> None:
    steps = DemoSteps(create_demo_province("a long made-up pass phrase", START - timedelta(days=1)), DemoClock(START))
    cases = DemoCases(steps)
    with steps.clock.running(), unscoped("test"):
        for place, fraud_type in enumerate(("fake_cs", "prize", "fake_loan", "romance")):
            cases.warn_victim(f"+861979000500{place}", fraud_type)
        steps.clock.play(START + timedelta(days=60))
        states = sorted(ProcessInstance.objects.filter(process="dissuasion").values_list("state", flat=True))
        assert ProcessInstance.objects.get(process="stop_payment").state == "returned"
    assert states == ["dissuaded", "dissuaded", "loss", "no_fraud"]
