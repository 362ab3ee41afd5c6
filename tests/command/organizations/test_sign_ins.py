"""Every step of a sign-in is in the log, right or wrong: when, whose, with what, from where; nothing that was typed."""

import json
import logging
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from tests.command.organizations.second_factors import code, set_up
from tests.command.people import PASSWORD, World

from fanzha.command.organizations.models import Person
from fanzha.command.web.log_lines import JsonFormatter
from fanzha.command.web.roles import Role

LOGGER = "fanzha.command.organizations.sign_ins"
BROKEN = ['{"id": "x"}', "[1]", "7", '{"id": "x", "rawId": "AA", "response": {}}', "nothing"]
ASKED = "/accounts/2fa/authenticate/"


@pytest.fixture
def person(world: World) -> Person:
    cache.clear()
    found = world.person("carrier", Role.ANALYST)
    found.set_password(PASSWORD)
    found.save()
    set_up(found)
    return found


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, LOGGER)
    return caplog


def lines(log: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(JsonFormatter().format(one)) for one in log.records if one.name == LOGGER]


def told(log: pytest.LogCaptureFixture) -> list[tuple[str, str, str]]:
    return [(one["message"], one.get("of", ""), one.get("with_what", "")) for one in lines(log)]


def with_phrase(person: Person, phrase: str = PASSWORD) -> Client:
    client = Client(REMOTE_ADDR="192.0.2.7")
    client.post("/accounts/login/", {"login": person.email, "password": phrase})
    return client


def test_each_step_of_a_sign_in_is_told_with_its_factor(person: Person, log: pytest.LogCaptureFixture) -> None:
    client = with_phrase(person)
    client.post(ASKED, {"code": code()})
    client.post("/accounts/logout/")
    assert told(log) == [
        ("step of a sign-in passed", person.ref, "password"),
        ("step of a sign-in passed", person.ref, "totp"),
        ("signed in", person.ref, ""),
        ("signed out", person.ref, ""),
    ]
    assert {one["address"] for one in lines(log)} == {"192.0.2.7"} and all(one["at"] for one in lines(log))


def test_a_wrong_pass_phrase_is_told_and_not_what_was_typed(person: Person, log: pytest.LogCaptureFixture) -> None:
    with_phrase(person, "not the pass phrase of the tests")
    assert told(log) == [("sign-in refused", "", "password")]
    assert "not the pass phrase" not in log.text and person.email not in str(lines(log))


def test_a_wrong_code_is_told_and_so_is_one_that_comes_again(person: Person, log: pytest.LogCaptureFixture) -> None:
    shown = code()
    with_phrase(person).post(ASKED, {"code": shown})
    client = with_phrase(person)
    for wrong in ("000000", shown):
        log.clear()
        client.post(ASKED, {"code": wrong})
        assert told(log) == [("second factor refused: incorrect_code", person.ref, "code")]
        assert wrong not in log.text


def test_too_many_codes_are_told(person: Person, log: pytest.LogCaptureFixture) -> None:
    client = with_phrase(person)
    for _ in range(6):
        client.post(ASKED, {"code": "000000"})
    assert told(log)[-1] == ("second factor refused: too_many_login_attempts", person.ref, "code")


@pytest.mark.parametrize("credential", BROKEN)
def test_a_security_key_that_is_none_is_told(person: Person, log: pytest.LogCaptureFixture, credential: str) -> None:
    with_phrase(person).post(ASKED, {"credential": credential})
    (*_passed, (message, whose, with_what)) = told(log)
    assert message.startswith("second factor refused: ") and (whose, with_what) == (person.ref, "webauthn")


@pytest.mark.parametrize("credential", BROKEN)
def test_what_no_key_made_is_not_registered(
    person: Person, world: World, log: pytest.LogCaptureFixture, credential: str
) -> None:
    client = world.client("carrier", Role.ANALYST)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/webauthn/add/")
    answer = client.post("/accounts/2fa/webauthn/add/", {"name": "x", "credential": credential})
    assert answer.status_code == 200 and told(log)[-1][1:] == (person.ref, "webauthn")
    assert not Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).exists()


@pytest.mark.django_db(transaction=True)
def test_changed_factors_and_confirming_again_are_told(
    person: Person, world: World, log: pytest.LogCaptureFixture
) -> None:
    client = world.client("carrier", Role.ANALYST)
    log.clear()
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/2fa/recovery-codes/generate/")
    client.post("/accounts/2fa/totp/deactivate/")
    assert told(log) == [
        ("confirmed again", person.ref, "password"),
        ("factor made anew", person.ref, "recovery_codes"),
        ("factor removed", person.ref, "totp"),
        ("factor removed", person.ref, "recovery_codes"),
    ]
