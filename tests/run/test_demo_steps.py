"""Steps of the demo are taken by the people of the province; required fields get made-up values."""

from datetime import UTC, datetime, timedelta

import pytest

from fanzha.command.processes.models import EvidenceUpload, ProcessInstance, Step
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal
from fanzha.run.demo_clock import DemoClock
from fanzha.run.demo_province import create_demo_province
from fanzha.run.demo_steps import DemoSteps

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def steps() -> DemoSteps:
    return DemoSteps(create_demo_province("a long made-up pass phrase", START - timedelta(days=1)), DemoClock(START))


def _receive(steps: DemoSteps) -> ProcessInstance:
    return steps.open("police_case_number", "receive", "police", Role.LIAISON, numbers=("+8619790000001",))


def test_a_process_is_opened_and_continued_at_the_time_of_the_clock_with_what_was_left_open(steps: DemoSteps) -> None:
    with steps.clock.running(), unscoped("test"):
        case = _receive(steps)
        steps.take(case, "accept", "police", Role.REVIEWER, told=(steps.party("bank"),), unknown="left out")
        first, second = Step.objects.filter(instance=case).order_by("number")
        assert EvidenceUpload.objects.filter(name=first.evidence["document"]).exists()
    assert (case.state, case.simulated) == ("active", True)
    assert first.at == second.at == START
    assert "虚构" in first.evidence["case_number"] and "made up" in first.evidence["case_number"]
    assert "unknown" not in second.evidence


def test_who_may_not_is_refused_as_anybody_is(steps: DemoSteps) -> None:
    with steps.clock.running(), unscoped("test"):
        case = _receive(steps)
        with pytest.raises(Refusal):
            steps.take(case, "accept", "bank", Role.REVIEWER)


def test_a_colleague_is_another_person_of_another_unit(steps: DemoSteps) -> None:
    one, other = (steps.viewer("mobile", Role.REVIEWER, colleague=colleague) for colleague in (False, True))
    assert one.person != other.person
    assert one.unit and other.unit and one.unit != other.unit
