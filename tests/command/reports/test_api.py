"""Other centres send reports by key: one, or many a line; each is used or rejected with its reason."""

import json
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.reports.reports_made import REPORTED, received
from tests.command.web.test_screenshots import png

from fanzha.command.reports.models import Report
from fanzha.command.reports.screenshot_store import store_screenshot
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
ROUTE = "/api/v1/reports/"


def test_a_report_is_taken_once_by_its_number(world: World) -> None:
    browser = world.client("centre", Role.CLERK)
    body = {"number": "A-1", "category": "call", "thing": REPORTED}
    answers = [browser.post(ROUTE, body, content_type="application/json") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    with unscoped("test"):
        assert Report.objects.get().channel == "api"
    late = {"number": "A-3", "category": "call", "thing": REPORTED, "happened_at": "2999-01-01T00:00:00Z"}
    assert browser.post(ROUTE, late, content_type="application/json").status_code == 422
    empty = browser.post(ROUTE, {"number": "A-2", "category": "call"}, content_type="application/json")
    assert empty.status_code == 422


def test_each_line_is_used_or_rejected(world: World) -> None:
    rows: list[dict[str, Any]] = [
        {"number": "1", "category": "call", "thing": REPORTED},
        {"number": "2", "category": "nothing", "thing": REPORTED},
        {"number": "3", "category": "text", "text": "Pay now", "nuisance": True},
        {"number": "4", "category": "text"},
    ]
    data = "\n".join(map(json.dumps, rows))
    answer = world.client("centre", Role.CLERK).post(f"{ROUTE}bulk", data, content_type="application/x-ndjson").json()
    assert (answer["used"], answer["rejected"]) == (2, 2)
    assert [line["used"] for line in answer["lines"]] == [True, False, True, False]
    assert all(line["problem"] for line in answer["lines"] if not line["used"])
    with unscoped("test"):
        assert sorted(Report.objects.values_list("channel", "grade")) == [("feed", "fraud"), ("feed", "nuisance")]


def test_a_mail_is_taken_as_it_is(world: World) -> None:
    browser, mail = world.client("centre", Role.CLERK), b"From: a@mail.example\n\nSee pay-1.example.com/a"
    assert browser.post(f"{ROUTE}mail", mail, content_type="message/rfc822").status_code == 201
    assert browser.post(f"{ROUTE}mail", mail, content_type="text/plain").status_code == 415
    assert browser.post(f"{ROUTE}mail", b"From: a@mail.example\n\n", content_type="message/rfc822").status_code == 422
    with unscoped("test"):
        assert Report.objects.values_list("channel", "value").get() == ("mail", "pay-1.example.com")


def test_reports_are_listed_masked_and_for_the_owner_alone(world: World) -> None:
    report = received(world, contact="+8617000000088")
    listed = world.client("centre", Role.ANALYST).get(ROUTE, {"state": "waiting"})
    assert listed.json()["items"][0]["ref"] == report.ref
    assert REPORTED not in listed.content.decode() and "17000000088" not in listed.content.decode()
    assert world.client("centre", Role.ANALYST).get(f"{ROUTE}{report.ref}").json()["state"] == "waiting"
    assert world.client("police", Role.ANALYST).get(f"{ROUTE}{report.ref}").status_code == 404


def test_a_waiting_report_is_opened_and_a_contact_is_read_for_a_purpose(world: World) -> None:
    report, browser = received(world, contact="+8617000000088"), world.client("centre", Role.CLERK)
    assert browser.post(f"{ROUTE}{report.ref}/open").json()["process_state"]
    body = {"purpose": "call-back of the answer"}
    contact = browser.post(f"{ROUTE}{report.ref}/contact", body, content_type="application/json")
    assert contact.json() == {"contact": "+8617000000088"}
    assert browser.post(f"{ROUTE}{report.ref}/contact", {}, content_type="application/json").status_code == 422


def test_a_picture_is_given_for_a_purpose_and_not_to_clerks_once_protection_was_asked_for(world: World) -> None:
    report = received(world, screenshots=[store_screenshot(png(), timezone.now())])
    address, purpose = f"{ROUTE}{report.ref}/pictures/1", {"purpose": "checking the number"}
    browser = world.client("centre", Role.CLERK)
    answer = browser.post(address, purpose, content_type="application/json").json()
    assert answer["media_type"] == "image/png" and b64decode(answer["data"])[:4] == b"\x89PNG"
    missing = browser.post(f"{ROUTE}{report.ref}/pictures/2", purpose, content_type="application/json")
    assert missing.status_code == 404
    Report._base_manager.update(protection="asked")
    assert browser.post(address, purpose, content_type="application/json").status_code == 403


def test_an_assessment_is_recorded_approved_by_another_and_ended(world: World) -> None:
    until = (timezone.now() + timedelta(days=30)).isoformat()
    body = {"document": "PIA 7", "need": "Numbers", "risks": "Faces", "measures": "Few people", "until": until}
    first, second = world.client("centre", Role.PRIVACY_OFFICER), world.client("centre", Role.LIAISON)
    made = first.post(f"{ROUTE}assessments", body, content_type="application/json")
    assert (made.status_code, made.json()["is_approved"]) == (201, False)
    address = f"{ROUTE}assessments/{made.json()['ref']}"
    assert first.post(f"{address}/approve").status_code == 403
    assert second.post(f"{address}/approve").status_code == 204
    assert second.delete(address).status_code == 204
