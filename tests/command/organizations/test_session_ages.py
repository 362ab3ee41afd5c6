"""Sessions end when nobody uses them, and after a shift; what was shown is kept by no cache."""

import pytest
from django.test import Client
from pytest_django import Settings
from tests.command.people import World

from fanzha.command.organizations.session_ages import BEGUN, CLEAR, SEEN
from fanzha.command.web.roles import Role


@pytest.fixture
def client(world: World) -> Client:
    made = world.client("carrier", Role.ANALYST)
    assert made.get("/").status_code == 200
    return made


def pass_time(client: Client, key: str, seconds: int) -> None:
    session = client.session
    session[key] -= seconds
    session.save()


@pytest.mark.parametrize("key", [BEGUN, SEEN])
def test_a_session_that_is_too_old_is_over_and_the_person_is_told(client: Client, settings: Settings, key: str) -> None:
    pass_time(client, key, settings.SESSION_COOKIE_AGE if key == BEGUN else settings.SESSION_IDLE_SECONDS)
    answer = client.get("/", follow=True)
    assert answer.redirect_chain[0][0].startswith("/accounts/login/")
    assert "session expired" in answer.content.decode()


@pytest.mark.parametrize("key", [BEGUN, SEEN])
def test_a_younger_one_goes_on(client: Client, settings: Settings, key: str) -> None:
    pass_time(client, key, (settings.SESSION_COOKIE_AGE if key == BEGUN else settings.SESSION_IDLE_SECONDS) - 5)
    assert client.get("/").status_code == 200


def test_whoever_goes_on_working_stays_signed_in(client: Client, settings: Settings) -> None:
    for _request in range(3):
        pass_time(client, SEEN, settings.SESSION_IDLE_SECONDS - 5)
        assert client.get("/").status_code == 200


def test_no_cache_keeps_what_was_shown_and_signing_out_clears_it(client: Client) -> None:
    assert client.get("/")["Cache-Control"] == "no-store"
    assert client.post("/accounts/logout/")["Clear-Site-Data"] == CLEAR


def test_api_answers_of_an_old_session_are_refused(client: Client, settings: Settings) -> None:
    pass_time(client, SEEN, settings.SESSION_IDLE_SECONDS)
    assert client.get("/api/v1/organizations/me").status_code == 401
