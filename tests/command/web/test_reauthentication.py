"""Sensitive acts want a fresh proof of who one is; afterwards one comes back to what one did."""

import time
from typing import cast

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from tests.command.people import PASSWORD, World

from fanzha.command.organizations.models import ApiKey
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.web.api.problems import Problem
from fanzha.command.web.reauthentication import AN_HOUR, is_confirmed, require_confirmed
from fanzha.command.web.roles import Role


@pytest.fixture
def client(world: World) -> Client:
    """An administrator who signed in some time ago."""
    cache.clear()
    person = world.person("carrier", Role.ADMINISTRATOR)
    person.set_password(PASSWORD)
    person.save()
    made = world.client("carrier", Role.ADMINISTRATOR, confirmed=False)
    session = made.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 3_600}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return made


def test_who_signed_in_long_ago_is_asked_again_and_comes_back(client: Client) -> None:
    answer = client.get("/keys/new/")
    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Fkeys%2Fnew%2F"
    answer = client.post(answer["Location"], {"password": PASSWORD})
    assert answer["Location"] == "/keys/new/" and client.get("/keys/new/").status_code == 200


def test_what_was_sent_is_done_after_the_proof(client: Client, world: World) -> None:
    told = {"name": "import", "scopes": ["flows:read"], "days": "30", "per_minute": "60"}
    where = client.post("/keys/new/", told)["Location"]
    assert not ApiKey.objects.exists()
    client.post(where, {"password": PASSWORD})
    assert ApiKey.objects.get().name == "import"


def test_a_part_of_a_page_leads_the_whole_page_to_the_proof(client: Client) -> None:
    here = {"hx-request": "true", "hx-current-url": "http://testserver/keys/"}
    answer = client.post("/keys/1/revoke/", headers=here)
    assert answer["HX-Redirect"] == "/accounts/reauthenticate/?next=%2Fkeys%2F"


def test_what_is_done_many_times_a_shift_is_confirmed_once_an_hour(client: Client, world: World) -> None:
    request = RequestFactory().get("/")
    request.session, request.user = client.session, world.person("carrier", Role.ADMINISTRATOR)
    assert not is_confirmed(request, AN_HOUR)
    request.session["account_authentication_methods"][0]["at"] += 60
    assert is_confirmed(request, AN_HOUR) and not is_confirmed(request)


def test_who_signed_in_just_now_is_not_asked(world: World) -> None:
    assert world.client("carrier", Role.ADMINISTRATOR).get("/keys/new/").status_code == 200


def test_who_signs_in_elsewhere_signs_in_again(world: World) -> None:
    person = world.person("bank", Role.ADMINISTRATOR)
    person.set_unusable_password()
    person.save()
    client = world.client("bank", Role.ADMINISTRATOR, confirmed=False)
    answer = client.get("/keys/new/")
    assert answer["Location"] == "/accounts/login/?next=/keys/new/" and "_auth_user_id" not in client.session


def test_the_api_asks_people_too_and_keys_not(client: Client, world: World) -> None:
    request = RequestFactory().get("/")
    request.session, request.user = client.session, world.person("carrier", Role.ADMINISTRATOR)
    request.viewer = world.viewer("carrier", Role.ADMINISTRATOR)  # type: ignore[attr-defined]
    with pytest.raises(Problem, match="forbidden"):
        require_confirmed(cast(SignedInRequest, request))
    request.viewer = request.viewer._replace(person=None)  # type: ignore[attr-defined]
    require_confirmed(cast(SignedInRequest, request))
