"""The desk: reports of the own organisation, taking one by phone, opening a held one, reaching a reporter."""

import re

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.reports.reports_made import REPORTED, received
from tests.command.web.test_screenshots import png

from fanzha.command.audit.models import LogEntry
from fanzha.command.reports.models import Report
from fanzha.command.reports.screenshot_store import read_screenshot, store_screenshot
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
CONTACT = "+8617000000088"


def test_the_list_shows_own_reports_masked(world: World) -> None:
    received(world, contact=CONTACT)
    page = world.client("centre", Role.CLERK).get("/reports/", {"state": "waiting"}).content.decode()
    assert "A phone call" in page and REPORTED not in page and CONTACT not in page
    assert "A phone call" not in world.client("police", Role.CLERK).get("/reports/").content.decode()


def test_a_call_taker_enters_a_report_on_one_screen(world: World) -> None:
    browser = world.client("centre", Role.CLERK)
    nonce = re.search(r'name="nonce" value="(\w+)"', browser.get("/reports/new/").content.decode())
    assert nonce
    page = browser.post("/reports/new/", {"category": "call", "thing": REPORTED, "nonce": nonce[1]}).content.decode()
    assert re.search(r"<output>[0-9A-Z-]{19}</output>", page)
    with unscoped("test"):
        assert Report.objects.get().channel == "phone"
    assert browser.post("/reports/new/", {"category": "call", "nonce": "n"}).status_code == 422


def test_a_held_report_is_opened_by_hand(world: World) -> None:
    report = received(world)
    with unscoped("test"):
        Report.objects.update(state="held")
    browser = world.client("centre", Role.CLERK)
    for _ in range(2):
        assert browser.post(f"/reports/{report.ref}/open/").status_code == 302
    report.refresh_from_db()
    assert report.state == "opened" and report.process


def test_how_to_reach_a_reporter_is_told_for_a_purpose_and_recorded(world: World) -> None:
    report = received(world, contact=CONTACT)
    browser = world.client("centre", Role.CLERK)
    assert CONTACT not in browser.get(f"/reports/{report.ref}/").content.decode()
    assert browser.post(f"/reports/{report.ref}/contact/", {"purpose": "x"}).status_code == 422
    page = browser.post(f"/reports/{report.ref}/contact/", {"purpose": "call-back of the answer"}).content.decode()
    assert CONTACT in page
    with unscoped("test"):
        assert LogEntry.objects.filter(kind="values_disclosed").count() == 1
    assert world.client("centre", Role.ANALYST).post(f"/reports/{report.ref}/contact/").status_code == 403


def test_losses_pictures_and_texts_of_joined_reports_are_on_the_desk(world: World) -> None:
    name = store_screenshot(png(), timezone.now())
    first, second = (
        received(world, loss=300),
        received(world, loss=4_500, screenshots=[name], text="They wanted a code"),
    )
    with unscoped("test"):
        Report.objects.update(state="joined", process="P")
    browser = world.client("centre", Role.CLERK)
    page = browser.get(f"/reports/{first.ref}/").content.decode()
    assert "4,800 CNY, named in 2 of 2 reports" in page and f"/reports/{second.ref}/" in page and "Picture" in page
    assert "They wanted a code" in page
    address = f"/reports/{second.ref}/pictures/1/"
    assert address in browser.get(f"/reports/{second.ref}/").content.decode()
    assert browser.post(address, {"purpose": "x"}).status_code == 422
    answer = browser.post(address, {"purpose": "checking the number"})
    assert answer["Content-Type"] == "image/png" and answer.content == read_screenshot(name)
    with unscoped("test"):
        assert LogEntry.objects.filter(kind="values_disclosed").count() == 1
    assert browser.post(f"/reports/{second.ref}/pictures/2/", {"purpose": "checking"}).status_code == 404


def test_the_desk_says_how_much_a_reporter_counts_and_why(world: World) -> None:
    report, other = received(world, contact=CONTACT), received(world, contact=CONTACT)
    browser = world.client("centre", Role.CLERK)
    assert "0.60, as anybody" in browser.get(f"/reports/{report.ref}/").content.decode()
    with unscoped("test"):
        Report.objects.filter(pk=other.pk).update(process="P", outcome="refuted")
    assert "0.50: 0 of 1 verified report" in browser.get(f"/reports/{report.ref}/").content.decode()
