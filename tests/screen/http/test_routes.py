"""Who may ask what: every route by every scope, unknown keys and none; a new route fails here until it is told."""

from typing import NamedTuple

import pytest
from tests.screen.http.client import BAD, GOOD, Screen, ask

from fanzha.screen.http.route import HttpRoute
from fanzha.screen.http.routes import ROUTES
from fanzha.store.screen_keys import KeyScope


class Question(NamedTuple):
    """A good question for a route, and the one scope that opens it (None: it is open to everybody)."""

    address: str
    opened_by: KeyScope | None
    body: object = None


#: Written by hand: whoever adds a route says here, once more, who may use it.
QUESTIONS = {
    "screen_call": Question("/v1/screen/call", KeyScope.CALL, {"call_id": "c-1", "caller": BAD, "callee": GOOD}),
    "verify_signature": Question(
        "/stir/v1/verification",
        KeyScope.CALL,
        {"verificationRequest": {"from": {"tn": "8617000000001"}, "to": {"tn": ["8617000000900"]}, "identity": "x"}},
    ),
    "lookup_one": Question("/v1/lookup/phone_number?value=110", KeyScope.LOOKUP),
    "lookup_many": Question("/v1/lookup/phone_number", KeyScope.LOOKUP, {"values": [BAD, GOOD]}),
    "url_prefixes": Question("/v1/ranges/url", KeyScope.RANGES),
    "url_range": Question("/v1/ranges/url/00000000", KeyScope.RANGES),
    "number_range": Question("/v1/ranges/phone_number/0000", KeyScope.RANGES),
    "feed": Question("/v1/feed", KeyScope.FEED, b'{"table":"call_ended","event_id":"e","call_id":"c-1"}\n'),
    "registrations": Question(
        "/v1/registrations", KeyScope.REGISTRATIONS, b'{"number":"17000000101","country":"TH"}\n'
    ),
    "health_live": Question("/health/live", None),
    "health_ready": Question("/health/ready", None),
    "metrics": Question("/metrics", KeyScope.METRICS),
}

NAMES = [route.name for route in ROUTES]


def status(screen: Screen, route: HttpRoute, key: str) -> int:
    question = QUESTIONS[route.name]
    return ask(screen, route.method, question.address, key=key, body=question.body).status


def test_every_route_has_its_access_tested() -> None:
    assert set(QUESTIONS) == set(NAMES), "say in QUESTIONS who may use the new route"
    assert len(set(NAMES)) == len(NAMES)
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


def test_what_is_open_to_everybody_is_health_alone() -> None:
    assert [route.name for route in ROUTES if route.scope is None] == ["health_live", "health_ready"]
    assert {route.name: route.scope for route in ROUTES} == {name: one.opened_by for name, one in QUESTIONS.items()}


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
@pytest.mark.parametrize("scope", KeyScope)
def test_a_key_opens_the_routes_of_its_scope_and_no_others(screen: Screen, route: HttpRoute, scope: KeyScope) -> None:
    opens = QUESTIONS[route.name].opened_by in (None, scope)
    assert status(screen, route, screen.key[scope]) == (200 if opens else 403)


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
@pytest.mark.parametrize("key", ["", "fzs_guessed", "\x00", "x" * 5_000])
def test_without_a_key_of_the_file_all_but_health_is_closed(screen: Screen, route: HttpRoute, key: str) -> None:
    assert status(screen, route, key) == (401 if QUESTIONS[route.name].opened_by else 200)


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_without_a_file_of_keys_all_but_health_is_closed(screen: Screen, route: HttpRoute) -> None:
    screen.keys.path.unlink()
    for key in ("", *screen.key.values()):
        assert status(screen, route, key) == (401 if QUESTIONS[route.name].opened_by else 200)


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_a_key_of_all_scopes_opens_everything(screen: Screen, route: HttpRoute) -> None:
    assert status(screen, route, screen.add_key("all", *KeyScope)) == 200


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", ""])
def test_other_methods_are_refused_and_told_which_fit(screen: Screen, route: HttpRoute, method: str) -> None:
    documented = {one.method for one in ROUTES if one.path == route.path}
    if method not in documented:
        answer = ask(screen, method, QUESTIONS[route.name].address, key=screen.add_key("all", *KeyScope))
        assert answer.status == 405 and set(answer.headers["allow"].split(", ")) == documented


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_a_route_is_told_in_both_languages(route: HttpRoute) -> None:
    for words in (route.title, route.tells, *(one.tells for one in route.parameters)):
        assert words.zh and words.en and words.zh != words.en
