"""Every request gets one answer, whatever it holds; it is counted, kept by nobody, and tells nothing of our faults."""

import asyncio
import logging
from typing import Any

import pytest
from tests.screen.http.client import BAD, GOOD, Screen, ask, send_request

from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decision import Decision
from fanzha.store.screen_keys import KeyScope

CALL = {"call_id": "c-1", "caller": BAD, "callee": GOOD, "trunk": "MSC-1"}


class Broken:
    """A screener with a fault."""

    def call(self, attempt: CallAttempt, then: object) -> None:
        raise ZeroDivisionError(f"about {attempt.caller}")

    def unscreened(self, attempt: CallAttempt, code: str) -> Decision:
        raise ZeroDivisionError(f"about {attempt.caller} {code}")


@pytest.mark.parametrize(
    "path", ["/", "", "/v1", "/v1/", "/v1/lookup", "/v1/lookup/a/b", "/health/live/", "//health/live", "/v1/ranges"]
)
def test_what_leads_nowhere_is_not_found(screen: Screen, path: str) -> None:
    answer = ask(screen, "GET", path)
    assert answer.status == 404 and answer.headers["content-type"] == "application/problem+json"


def test_head_is_answered_as_get(screen: Screen) -> None:
    assert ask(screen, "HEAD", "/health/live").status == 200


@pytest.mark.parametrize(("path", "caching"), [("/health/live", "no-store"), ("/nowhere", None)])
def test_what_was_asked_by_get_is_kept_nowhere(screen: Screen, path: str, caching: str | None) -> None:
    assert ask(screen, "GET", path).headers.get("cache-control") == caching


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/jsonx", 415),
    ],
)
def test_a_body_of_another_type_is_refused(screen: Screen, content_type: str, status: int) -> None:
    headers = {"content-type": content_type}
    answer = ask(screen, "POST", "/v1/screen/call", scope=KeyScope.CALL, body=CALL, headers=headers)
    assert answer.status == status


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b'{"call_id":"\xff"}', b'{"call_id":"\\ud800"}', b"[" * 8_000, b"{} {}", b"nul"]
)
def test_a_body_that_is_no_json_is_malformed_or_of_another_shape(screen: Screen, body: bytes) -> None:
    answer = ask(screen, "POST", "/v1/screen/call", scope=KeyScope.CALL, body=body)
    assert answer.status in (400, 422) and answer.json["status"] == answer.status


def test_a_problem_is_told_in_the_language_asked_for(screen: Screen) -> None:
    records = {
        language: ask(screen, "GET", "/v1/lookup/website", headers={"accept-language": language})
        for language in ("zh-CN", "en-GB, zh;q=0.4")
    }
    assert records["zh-CN"].json["title"] == "缺少密钥" and records["zh-CN"].headers["content-language"] == "zh-CN"
    english = records["en-GB, zh;q=0.4"]
    assert english.json["title"] == "A key is needed" and english.headers["content-language"] == "en"
    assert english.headers["vary"] == "accept-language"
    assert english.json["type"] == "urn:fanzha:problem:no-key"


def test_a_fault_of_ours_is_an_answer_that_tells_nothing(screen: Screen, caplog: pytest.LogCaptureFixture) -> None:
    screen.parts.screener = Broken()
    with caplog.at_level(logging.ERROR):
        answers = [ask(screen, "POST", "/v1/screen/call", scope=KeyScope.CALL, body=CALL) for _ in range(3)]
    assert {answer.status for answer in answers} == {500}
    assert all(BAD.encode() not in answer.body and b"ZeroDivision" not in answer.body for answer in answers)
    assert len(caplog.records) == 1, "told once a minute, not once a request"
    assert screen.metrics.requests.series_for("screen_call", "5xx").value == 3


def test_whoever_leaves_is_answered_nothing(screen: Screen) -> None:
    request = {
        "type": "http",
        "method": "POST",
        "path": "/v1/screen/call",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {screen.key[KeyScope.CALL]}".encode())],
    }
    assert asyncio.run(send_request(screen.app, request, [])).status == 0


def test_requests_are_counted_by_route_and_status_with_their_time(screen: Screen) -> None:
    ask(screen, "POST", "/v1/screen/call", scope=KeyScope.CALL, body=CALL)
    ask(screen, "POST", "/v1/screen/call", body=CALL)
    ask(screen, "GET", "/nowhere")
    count = screen.metrics.requests.series_for
    assert [count("screen_call", "2xx").value, count("screen_call", "4xx").value, count("none", "4xx").value] == [
        1,
        1,
        1,
    ]
    assert sum(screen.metrics.request_seconds.series_for("screen_call").counts) == 2


def test_what_cannot_be_understood_is_counted(screen: Screen) -> None:
    for body in (b"{", b"{}", b"\xff"):
        ask(screen, "POST", "/v1/screen/call", scope=KeyScope.CALL, body=body)
    assert screen.metrics.garbage.series_for("http").value == 2


@pytest.mark.parametrize("type_", ["lifespan", "websocket"])
def test_only_http_is_spoken(screen: Screen, type_: str) -> None:
    async def nothing(*_: Any) -> Any:
        raise AssertionError("never asked")

    with pytest.raises(RuntimeError, match=type_):
        asyncio.run(screen.app({"type": type_}, nothing, nothing))
