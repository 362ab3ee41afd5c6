"""Each line of the log is one JSON object that says when, who, what and from where, and nothing that was typed."""

import json
import logging
import sys
from typing import Any

import pytest
from django.test import Client
from tests.command.people import World

from fanzha.command.web.log_lines import JsonFormatter
from fanzha.command.web.roles import Role


def line(caught: pytest.LogCaptureFixture) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(JsonFormatter().format(caught.records[-1]))
    return told


def test_a_refused_page_says_who_asked_from_where(world: World, caplog: pytest.LogCaptureFixture) -> None:
    client = world.client("carrier", Role.ANALYST)
    client.get("/people/?search=secret", REMOTE_ADDR="192.0.2.7")
    told = line(caplog)
    assert (told["status"], told["method"], told["path"], told["address"]) == (403, "GET", "/people/", "192.0.2.7")
    assert told["person"] == world.person("carrier", Role.ANALYST).ref
    assert told["organization"] == world["carrier"].ref
    assert "secret" not in str(told) and told["at"].endswith("Z")


def test_a_refused_request_of_the_api_is_told_too(db: None, caplog: pytest.LogCaptureFixture) -> None:
    Client().get("/api/v1/organizations/me", headers={"authorization": "Bearer fz_wrong"})
    told = line(caplog)
    assert (told["status"], told["path"]) == (401, "/api/v1/organizations/me") and "fz_wrong" not in str(told)


def test_nobody_writes_a_line_of_his_own() -> None:
    record = logging.LogRecord("fanzha", logging.WARNING, "", 0, "not found: %s", ('x\n{"level": "error"}',), None)
    written = JsonFormatter().format(record)
    assert "\n" not in written and json.loads(written)["message"].startswith("not found: x\n")


def test_what_nobody_foresaw_is_told_with_its_trace() -> None:
    try:
        raise ValueError("unforeseen")
    except ValueError:
        record = logging.LogRecord("fanzha", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    assert "ValueError: unforeseen" in json.loads(JsonFormatter().format(record))["traceback"]
