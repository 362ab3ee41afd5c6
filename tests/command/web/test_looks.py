"""Light, dark or automatic: the person's choice, the session's, or what the machine has."""

from django.http import HttpRequest
from tests.command.people import World

from fanzha.command.web.looks import AUTO, request_theme
from fanzha.command.web.roles import Role


def test_a_request_without_person_and_session_is_shown_as_the_machine_has_it() -> None:
    assert request_theme(HttpRequest()) == AUTO


def test_the_persons_choice_comes_first(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    person.theme = "dark"
    request = HttpRequest()
    request.user = person
    request.session = {"theme": "light"}  # type: ignore[assignment]
    assert request_theme(request) == "dark"


def test_a_look_that_does_not_exist_is_none() -> None:
    request = HttpRequest()
    request.session = {"theme": "neon"}  # type: ignore[assignment]
    assert request_theme(request) == AUTO
