"""Pages are for people who are signed in, and where roles or kinds are named, for those."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from tests.command.people import World

from fanzha.command.web.access import signed_in
from fanzha.command.web.roles import Kind, Role


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


def asked(world: World, name: str, *roles: Role) -> HttpRequest:
    request = RequestFactory().get("/somewhere/")
    request.user = world.person(name, *roles)
    request.viewer = world.viewer(name, *roles)  # type: ignore[attr-defined]
    return request


def test_whoever_is_not_signed_in_is_led_to_the_login() -> None:
    request = RequestFactory().get("/somewhere/?a=1")
    request.user = AnonymousUser()
    answer = signed_in(page)(request)
    assert answer.status_code == 302 and answer["Location"].endswith("?next=/somewhere/%3Fa%3D1")


def test_a_person_of_no_organization_sees_nothing(world: World) -> None:
    request = asked(world, "carrier", Role.ANALYST)
    request.viewer = None  # type: ignore[attr-defined]
    with pytest.raises(PermissionDenied):
        signed_in(page)(request)


def test_one_of_the_roles_is_enough_and_none_is_not(world: World) -> None:
    guarded = signed_in(Role.REVIEWER, Role.DUTY_OFFICER)(page)
    assert guarded(asked(world, "carrier", Role.DUTY_OFFICER)).status_code == 200
    with pytest.raises(PermissionDenied):
        guarded(asked(world, "carrier", Role.ANALYST))


def test_a_page_of_the_police_is_for_the_police(world: World) -> None:
    guarded = signed_in(kinds=(Kind.POLICE,))(page)
    assert guarded(asked(world, "police", Role.ANALYST)).status_code == 200
    with pytest.raises(PermissionDenied):
        guarded(asked(world, "carrier", Role.ANALYST))
