"""Whatever goes wrong is told as a problem, in the caller's language, and never more than he may know."""

import logging

import pytest
from django.test import Client
from tests.command.people import World
from tests.command.web.api.asking import asking, problem

pytestmark = pytest.mark.urls("tests.command.web.api.routes")
AT = "/api/v1/flows"


def test_a_refusal_names_the_fields_in_the_callers_language(world: World) -> None:
    told = problem(asking(world, "carrier").get(f"{AT}/wrong/refused"), 422)
    assert told["errors"] == [{"pointer": "/evidence/file", "detail": "required"}] and told["reason"] == "evidence"
    told = problem(asking(world, "carrier", language="zh-hans").get(f"{AT}/wrong/refused"), 422)
    assert told["detail"] == "证据有误" and told["errors"][0]["detail"] == "必填"


def test_a_conflict_says_who_was_first(world: World) -> None:
    assert problem(asking(world, "carrier").get(f"{AT}/wrong/conflict"), 409)["detail"] == "somebody was first"


def test_what_may_not_be_read_is_as_if_it_were_not_there(world: World) -> None:
    problem(asking(world, "carrier").get(f"{AT}/wrong/5"), 404)


def test_values_that_are_not_valid_are_named_each(world: World) -> None:
    client = asking(world, "carrier")
    told = problem(client.get(f"{AT}/organizations?limit=501"), 422)
    assert told["errors"] == [{"pointer": "/query/limit", "detail": "must be at most 500"}]
    at = f"{AT}/organizations/{world['bank'].ref}"
    told = problem(client.post(at, {"times": 9}, "application/json"), 422)
    assert {one["pointer"] for one in told["errors"]} == {"/body/said/name", "/body/said/times"}
    problem(client.post(at, "{", "application/json"), 400)


def test_a_bug_tells_the_caller_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    client = asking(world, "carrier")
    client.raise_request_exception = False
    with caplog.at_level(logging.ERROR):
        told = problem(client.get(f"{AT}/wrong/broken"), 500)
    assert "detail" not in told and "ZeroDivisionError" in caplog.text


def test_a_bug_is_seen_by_those_who_watch_for_bugs(world: World) -> None:
    with pytest.raises(ZeroDivisionError):
        asking(world, "carrier").get(f"{AT}/wrong/broken")


@pytest.mark.parametrize(("method", "at", "status"), [("get", "/api/v1/none", 404), ("put", f"{AT}/whoami", 405)])
def test_addresses_and_methods_that_there_are_not_are_problems_too(
    world: World, method: str, at: str, status: int
) -> None:
    problem(getattr(Client(), method)(at), status)
