"""Each request sees as the signed-in person, for the organisation that he chose, in the roles that hold now."""

from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from tests.command.people import World

from fanzha.command.organizations.models import Membership, Organization, Person
from fanzha.command.organizations.viewer_middleware import CHOSEN, ViewerMiddleware
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import current_viewer
from fanzha.command.web.viewer import Viewer


def seen(person: Person | AnonymousUser, chosen: int | None = None) -> Viewer | None:
    """Who looks in the course of a request."""
    found: list[Viewer | None] = []

    def view(request: HttpRequest) -> HttpResponse:
        assert request.viewer == current_viewer()  # type: ignore[attr-defined]
        found.append(current_viewer())
        return HttpResponse()

    request = RequestFactory().get("/")
    request.user, request.session = person, SessionStore()
    if chosen is not None:
        request.session[CHOSEN] = chosen
    ViewerMiddleware(view)(request)
    return found[0]


def test_strangers_are_nobody(world: World) -> None:
    assert seen(AnonymousUser()) is None


def test_who_belongs_nowhere_is_nobody(world: World) -> None:
    assert seen(Person.objects.create_user("alone@nowhere.example", name="Alone")) is None


def test_roles_count_while_they_last(world: World) -> None:
    person = world.person("carrier", Role.ANALYST, Role.REVIEWER)
    Membership.objects.filter(person=person, role=Role.REVIEWER).update(until=timezone.now() - timedelta(seconds=1))
    found = seen(person)
    assert found is not None and found.roles == {"analyst"}


def test_he_looks_for_the_organisation_that_he_chose_and_in_its_roles_alone(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    Membership.objects.create(person=person, organization=world["bank"], role=Role.EXECUTOR)
    found = seen(person, world["bank"].pk)
    assert found is not None and found.organization == world["bank"].pk and found.roles == frozenset({"executor"})


def test_an_organisation_that_is_not_his_cannot_be_chosen(world: World) -> None:
    found = seen(world.person("carrier", Role.ANALYST), world["bank"].pk)
    assert found is not None and found.organization == world["carrier"].pk


def test_a_suspended_organisation_is_seen_for_by_nobody(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    world["carrier"].is_active = False
    world["carrier"].save()
    assert seen(person) is None


def test_he_looks_as_somebody_of_his_department(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    Membership.objects.filter(person=person).update(unit="appeals")
    found = seen(person)
    assert found is not None and found.unit == "appeals"


def test_nobody_signs_in_for_an_organisation_of_another_country(world: World) -> None:
    person = world.person("partner", Role.LIAISON)
    assert seen(person) is not None
    Organization.objects.filter(pk=world["partner"].pk).update(country="SG")
    assert seen(person) is None
