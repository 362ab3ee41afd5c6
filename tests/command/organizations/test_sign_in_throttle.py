"""Wrong pass phrases are counted by address and device; nobody is locked out by the attempts of others."""

import re

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings
from tests.command.organizations.second_factors import set_up
from tests.command.people import PASSWORD, World

from fanzha.command.organizations import sign_in_throttle
from fanzha.command.organizations.models import Person
from fanzha.command.organizations.sign_in_throttle import (
    DEVICE_PEOPLE,
    MAX_DELAY_SECONDS,
    MAX_DELAYED,
    KnownDeviceMiddleware,
    attempted_name,
    counted_name,
    delay_seconds,
    find_device,
)
from fanzha.command.web.roles import Role

LOGIN = "/accounts/login/"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100."
WRONG = "wrong phrase of somebody"


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def delays(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that attempts were delayed, without waiting for them."""
    seconds: list[float] = []
    monkeypatch.setattr(sign_in_throttle, "sleep", seconds.append)
    return seconds


@pytest.fixture
def person(world: World) -> Person:
    found = world.person("carrier", Role.ANALYST)
    found.set_password(PASSWORD)
    found.save()
    return found


def browser(address: str = HOME) -> Client:
    return Client(headers={"accept-language": "en"}, REMOTE_ADDR=address)


def sign_in(client: Client, name: str, password: str = PASSWORD) -> tuple[int, str, str]:
    answer = client.post(LOGIN, {"login": name, "password": password})
    return answer.status_code, answer.get("Location", ""), answer.content.decode()


def known_browser(person: Person, address: str = HOME) -> Client:
    """A browser in which the person has signed in and out."""
    client = browser(address)
    assert sign_in(client, person.email)[0] == 302
    client.logout()  # clears all cookies of the test client
    signed_in = browser(address)
    sign_in(signed_in, person.email)
    client.cookies[configured.DEVICE_COOKIE_NAME] = signed_in.cookies[configured.DEVICE_COOKIE_NAME].value
    return client


def attack(person: Person, times: int, address: str = "") -> None:
    for number in range(times):
        sign_in(browser(address or f"{ELSEWHERE}{number + 1}"), person.email, WRONG)


def test_wrong_phrases_from_other_addresses_lock_nobody_out(person: Person) -> None:
    attack(person, 14)
    assert sign_in(browser(), person.email)[0] == 302


def test_a_known_device_is_neither_locked_nor_delayed_by_others_even_at_its_own_address(
    person: Person, delays: list[float]
) -> None:
    client = known_browser(person)
    attack(person, 14, HOME)
    attack(person, 14)
    delays.clear()
    assert sign_in(client, person.email)[0] == 302
    assert delays == []


def test_five_wrong_phrases_in_a_known_device_lock_that_device_wherever_it_is(person: Person) -> None:
    client = known_browser(person)
    for number in range(5):
        client.defaults["REMOTE_ADDR"] = f"{ELSEWHERE}{number + 1}"
        sign_in(client, person.email, WRONG)
    assert sign_in(client, person.email)[0] == 429
    assert sign_in(browser(), person.email)[0] == 302


def test_a_second_factor_passes_the_lock_of_its_address_with_the_right_phrase_alone(
    person: Person, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    set_up(person)
    attack(person, 6, HOME)
    assert sign_in(browser(), person.email, WRONG)[0] == 429
    assert sign_in(browser(), person.email)[:2] == (302, "/accounts/2fa/authenticate/")


def test_a_lock_does_not_tell_who_has_an_account_or_a_second_factor(
    world: World, person: Person, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    other = world.person("carrier", Role.REVIEWER)
    set_up(person)
    pages = []
    for name in (person.email, other.email, "nobody@carrier.example"):
        answers = [sign_in(browser(), name, WRONG) for _ in range(7)]
        pages.append([(status, re.sub(r'value="[^"]*"', "", page)) for status, _location, page in answers])
    assert pages[0] == pages[1] == pages[2] and pages[0][-1][0] == 429


def test_many_addresses_against_one_name_are_delayed_more_and_more(person: Person, delays: list[float]) -> None:
    attack(person, 26)
    assert delays[:5] == [0.5] * 5 and delays[5:10] == [1.0] * 5 and delays[-1] == MAX_DELAY_SECONDS
    assert delay_seconds("somebody@else.example") == 0
    assert sign_in(browser(), person.email)[0] == 302


def test_delayed_attempts_are_few_at_one_moment_and_one_an_address(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    attack(person, 5)
    for waiting in ({HOME}, {f"{ELSEWHERE}{number}" for number in range(MAX_DELAYED)}):
        monkeypatch.setattr(sign_in_throttle, "_delayed", set(waiting))
        status, _location, page = sign_in(browser(), person.email)
        assert status == 200 and "Too many" in page
        assert sign_in_throttle._delayed == waiting


def test_more_than_ten_wrong_phrases_a_minute_from_one_address_are_too_many_there(world: World, person: Person) -> None:
    client = known_browser(person)
    for number in range(11):
        answer = sign_in(browser(), f"somebody{number}@carrier.example", WRONG)
    assert "Too many" in answer[2]
    assert "Too many" in sign_in(browser(), person.email)[2]
    assert sign_in(client, person.email)[0] == 302


def test_only_a_sign_in_makes_a_device_known_and_only_for_that_person(world: World, person: Person) -> None:
    client = browser()
    sign_in(client, person.email, WRONG)
    assert configured.DEVICE_COOKIE_NAME not in client.cookies
    sign_in(client, person.email.upper())
    cookie = client.cookies[configured.DEVICE_COOKIE_NAME]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert person.email not in cookie.value
    request = RequestFactory().post(LOGIN)
    request.COOKIES[configured.DEVICE_COOKIE_NAME] = cookie.value
    assert find_device(request, person.email)
    assert not find_device(request, "other@carrier.example") and not find_device(request, "")


@pytest.mark.parametrize("value", ["", "x", "a:b:c", "W10:1:x"])
def test_a_forged_cookie_makes_no_device_known(person: Person, value: str) -> None:
    request = RequestFactory().post(LOGIN)
    request.COOKIES[configured.DEVICE_COOKIE_NAME] = value
    assert not find_device(request, person.email)


def test_a_browser_is_known_for_the_people_who_signed_in_last(db: None) -> None:
    request = RequestFactory().get("/")
    for number in range(DEVICE_PEOPLE + 1):
        request.signed_in_name = f"person{number}@carrier.example"  # type: ignore[attr-defined]
        response = KnownDeviceMiddleware(lambda _request: HttpResponse())(request)
        request.COOKIES[configured.DEVICE_COOKIE_NAME] = response.cookies[configured.DEVICE_COOKIE_NAME].value
    known = [find_device(request, f"person{number}@carrier.example") for number in range(DEVICE_PEOPLE + 1)]
    assert known[0] == "" and len(set(known[1:])) == 1 and known[1]


def test_attempts_are_counted_for_the_named_person_whatever_the_case() -> None:
    request = RequestFactory().post(LOGIN, {"login": "Some.One@Carrier.Example "})
    assert attempted_name(request) == counted_name(request) == "some.one@carrier.example"
    assert attempted_name(request, {"email": "Other@Carrier.Example"}) == "other@carrier.example"
