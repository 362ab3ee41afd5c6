"""A process is about the subject that it was opened on, else about what its steps name."""

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.made import subject
from tests.command.subjects.processes import case_in, indicator_in

from fanzha.base.errors import Malformed
from fanzha.command.flows.models import ProcessInstance
from fanzha.command.flows.services import About
from fanzha.command.organizations.scoping import everything
from fanzha.command.subjects.named_in_process import subjects_named

pytestmark = pytest.mark.django_db


def named(instance: ProcessInstance) -> list[tuple[str, str]]:
    with everything("test"):
        return sorted((one.kind, one.value) for one in subjects_named(instance, timezone.now()))


def test_numbers_and_sites_are_read_of_the_steps(world: World) -> None:
    case = case_in(world, "+8617000000001", "170 0000 0002", "+8617000000001")
    assert named(case) == [("phone_number", "+8617000000001"), ("phone_number", "+8617000000002")]
    assert named(indicator_in(world, "http://Pay.Example.com/x")) == [("website", "pay.example.com")]


def test_the_subject_that_it_was_opened_on_stands_first(world: World) -> None:
    about = subject()
    made = indicator_in(world, "http://pay.example.com/", About(kind=about.kind, subject=about.ref))
    assert named(made) == [(about.kind, about.value)]


def test_what_is_no_number_is_told(world: World) -> None:
    with pytest.raises(Malformed):
        named(case_in(world, "not a number"))
