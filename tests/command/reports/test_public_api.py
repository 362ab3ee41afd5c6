"""Programs report as the pages do: a challenge, a report, a receipt."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.command.reports.reports_made import REPORTED

from fanzha.command.reports.models import Report
from fanzha.command.reports.proof_of_work import solve
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home", "world")]


def send(body: Any) -> Any:
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return Client(enforce_csrf_checks=True).post("/report/api/reports", data, content_type="application/json")


def challenge() -> dict[str, Any]:
    answer: dict[str, Any] = Client().get("/report/api/challenge").json()
    return answer


def test_a_program_gets_a_receipt_once_for_one_challenge() -> None:
    got = challenge()
    body = {"category": "call", "thing": REPORTED, "challenge": got["challenge"]}
    body["solution"] = solve(got["challenge"], got["bits"])
    first, second = send(body), send(body)
    assert (first.status_code, first.json()) == (201, second.json())
    with unscoped("test"):
        report = Report.objects.get()
    assert (report.value, report.is_worked, report.channel) == (REPORTED, True, "app")


@pytest.mark.parametrize(
    "body",
    [
        "no json",
        {"category": "call"},
        {"category": "nothing", "challenge": "x", "text": "a"},
        {"category": "call", "challenge": "x", "text": "a"},
        {"category": "call", "challenge": "x", "text": "a" * 6_000},
        {"category": "call", "challenge": "x", "text": "a\0"},
        {"category": "call", "challenge": "x", "text": "a", "loss": -1},
        {"category": "call", "challenge": "x", "text": "a", "more": 1},
        {"category": "call", "challenge": "x", "text": ""},
        "x" * 40_000,
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(body: Any) -> None:
    answer = send(body)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    with unscoped("test"):
        assert not Report.objects.exists()
