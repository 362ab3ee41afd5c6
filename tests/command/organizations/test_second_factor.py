"""Who needs a second factor sets one up before anything else, and signs in with it from then on."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings
from tests.command.organizations.second_factors import SECRET, code, set_up
from tests.command.people import PASSWORD, World

from fanzha.command.organizations.models import Person
from fanzha.command.organizations.second_factor import has_second_factor, needs_second_factor
from fanzha.command.web.roles import Role


@pytest.fixture
def strict(world: World) -> World:
    """A world whose carrier wants a second factor."""
    cache.clear()
    world["carrier"].second_factor = True
    world["carrier"].save()
    return world


@pytest.fixture
def person(strict: World) -> Person:
    found = strict.person("carrier", Role.ANALYST)
    found.set_password(PASSWORD)
    found.save()
    return found


@pytest.mark.parametrize("path", ["/", "/processes/", "/people/", "/accounts/password/change/", "/no/such/page/"])
def test_whoever_has_none_is_led_to_it(strict: World, path: str) -> None:
    answer = strict.client("carrier", Role.ANALYST).get(path)
    assert (answer.status_code, answer["Location"]) == (302, "/second-factor/")


def test_the_page_says_why_and_how(strict: World) -> None:
    page = strict.client("carrier", Role.ANALYST).get("/second-factor/").content.decode()
    assert "authenticator app" in page and "/accounts/2fa/totp/activate/" in page


def test_the_api_says_so(strict: World) -> None:
    answer = strict.client("carrier", Role.ANALYST).get("/api/v1/organizations/me")
    assert answer.status_code == 403 and "second factor" in answer.json()["detail"]


def test_setting_one_up_opens_the_site(person: Person, strict: World) -> None:
    client = Client(headers={"accept-language": "en"})
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    shown = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    assert client.post("/accounts/2fa/totp/activate/", {"code": code(shown)}).status_code == 302
    assert has_second_factor(person) and client.get("/").status_code == 200


def test_from_then_on_the_pass_phrase_alone_does_not_sign_in(person: Person) -> None:
    set_up(person)
    client = Client()
    answer = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert answer["Location"] == "/accounts/2fa/authenticate/" and "_auth_user_id" not in client.session
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert "_auth_user_id" not in client.session
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_code_works_once(person: Person) -> None:
    set_up(person)
    shown = code()
    for signed_in in (True, False):
        client = Client()
        client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
        client.post("/accounts/2fa/authenticate/", {"code": shown})
        assert ("_auth_user_id" in client.session) is signed_in


def test_the_last_one_cannot_be_taken_away_by_oneself(person: Person, strict: World) -> None:
    set_up(person)
    client = strict.client("carrier", Role.ANALYST)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/2fa/totp/deactivate/")
    assert has_second_factor(person)


def test_recovery_codes_alone_are_none(person: Person) -> None:
    Authenticator.objects.create(user=person, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert not has_second_factor(person)


def test_where_it_is_not_wanted_nobody_is_led_to_it(world: World, strict: World, settings: Settings) -> None:
    assert world.client("bank", Role.ANALYST).get("/").status_code == 200
    settings.SECOND_FACTOR_OPTIONAL = ("carrier",)
    assert not needs_second_factor(strict["carrier"])
    assert strict.client("carrier", Role.ANALYST).get("/").status_code == 200


def test_the_secret_of_the_app_is_not_readable_in_the_database(person: Person) -> None:
    set_up(person)
    assert SECRET not in str(Authenticator.objects.get(user=person).data)
