"""Programs report as the pages do: a challenge, a report, a receipt."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.reports.reports_made import REPORTED, checked, received
from tests.command.web.test_screenshots import SECRET, png

from fanzha.command.processes.services import fire
from fanzha.command.reports.models import Report
from fanzha.command.reports.proof_of_work import solve
from fanzha.command.reports.receipts import make_receipt
from fanzha.command.reports.screenshot_store import read_screenshot
from fanzha.command.web.roles import Role
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
    body["happened_at"] = "2026-03-01T08:30:00+08:00"
    body["solution"] = solve(got["challenge"], got["bits"])
    first, second = send(body), send(body)
    assert (first.status_code, first.json()) == (201, second.json())
    with unscoped("test"):
        report = Report.objects.get()
    assert (report.value, report.is_worked, report.channel) == (REPORTED, True, "app")
    assert report.happened_at is not None and report.happened_at.isoformat() == "2026-03-01T00:30:00+00:00"


def send_picture(picture: bytes, *, solved: bool = True) -> Any:
    got = challenge()
    body = {"category": "text", "text": "See the picture", "challenge": got["challenge"]}
    body["solution"] = solve(got["challenge"], got["bits"]) if solved else ""
    form = {"report": json.dumps(body), "screenshot": SimpleUploadedFile("a.png", picture)}
    return Client(enforce_csrf_checks=True).post("/report/api/reports", form)


def test_a_screenshot_comes_with_the_report_and_is_stripped() -> None:
    assert send_picture(png()).status_code == 201
    with unscoped("test"):
        (name,) = Report.objects.get().screenshots
    stored = read_screenshot(name)
    assert stored is not None and SECRET not in stored


def test_a_screenshot_without_a_proof_of_work_is_left_out_and_no_picture_is_refused() -> None:
    assert send_picture(png(), solved=False).status_code == 201
    with unscoped("test"):
        assert Report.objects.get().screenshots == []
    answer = send_picture(b"MZ")
    assert answer.status_code == 422 and "JPEG" in answer.json()["detail"]


def follow(language: str = "en", **asked: str) -> Any:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": language})
    return client.post("/report/api/follow", json.dumps(asked), content_type="application/json")


def test_a_program_follows_adds_objects_and_asks_for_protection(world: World, home: Path) -> None:
    (home / "fanzha.toml").write_text("[reports]\ncall_back_share = 0\n")
    code = make_receipt("a form")
    received(world, nonce="a form", text="They wanted a code")
    process = checked(world)
    with unscoped("test"):
        Report.objects.update(process=process.ref, state="opened")
    assert follow(receipt=code.lower(), facts="They called again").json()["done"] == "Your facts were added."
    fire(process.ref, "ask_reporter", actor(world, "centre", Role.CLERK), {"question": "Which bank?"})
    assert follow(receipt=code).json()["question"] == "Which bank?"
    assert follow(receipt=code, reply="  ").json()["question"] == "Which bank?"
    assert follow(receipt=code, reply="None", facts="And more").status_code == 422
    assert follow(receipt=code, reply="None").json()["question"] == ""
    form = {"follow": json.dumps({"receipt": code, "facts": "See the picture"})}
    added = Client().post("/report/api/follow", {**form, "screenshot": SimpleUploadedFile("a.png", png())})
    assert added.status_code == 200 and added.json()["done"]
    with unscoped("test"):
        assert len(Report.objects.get().screenshots) == 1
    assert Client().post("/report/api/follow", {**form, "screenshot": SimpleUploadedFile("a", b"x")}).status_code == 422
    evidence = {"outcome": "confirmed", "answer": "The number was limited."}
    fire(process.ref, "answer", actor(world, "centre", Role.CLERK), evidence)
    got = follow(receipt=code).json()
    assert (got["answer"], got["may_object"], got["done"]) == ("The number was limited.", True, "")
    assert REPORTED[3:] not in json.dumps(got)
    assert follow("zh-hans", receipt=code, objection="还在打").json()["done"] == "您的举报已重新办理。"
    assert follow(receipt=code, objection="Again").status_code == 409
    assert follow(receipt=code, danger="He knows where I live").json()["may_ask_protection"] is False


def test_codes_cannot_be_tried_out_by_programs() -> None:
    code = make_receipt("nobody's form")
    answers = [follow(receipt=code).status_code for _ in range(32)]
    assert (answers[0], answers[-1]) == (404, 429)


@pytest.mark.parametrize("body", ["no json", {}, {"receipt": "x", "more": 1}, {"receipt": "x", "facts": "a" * 6_000}])
def test_a_wrong_question_is_named(body: Any) -> None:
    data = body if isinstance(body, str) else json.dumps(body)
    answer = Client().post("/report/api/follow", data, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")


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
        {"category": "call", "challenge": "x", "text": "a", "happened_at": "2999-01-01T00:00:00Z"},
        {"category": "call", "challenge": "x", "text": "a", "happened_at": "2026-01-01T00:00:00"},
        {"category": "call", "challenge": "x", "text": ""},
        "x" * 40_000,
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(body: Any) -> None:
    answer = send(body)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    with unscoped("test"):
        assert not Report.objects.exists()
