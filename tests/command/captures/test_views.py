"""The desk asks for looks, compares visitors, gets screenshots and evidence, and hands pages on."""

import zipfile
from io import BytesIO

import pytest
from tests.command.captures.looks_made import seen
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.captures.models import Capture
from fanzha.command.captures.services import remove_evidence
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_a_look_is_asked_for_and_listed(world: World) -> None:
    browser = world.client("carrier", Role.ANALYST)
    answer = browser.post("/captures/", {"url": "http://a-page.example/"})
    assert answer.status_code == 302
    assert "has not looked yet" in browser.get(answer["Location"]).content.decode()
    assert "a-page.example" in browser.get("/captures/", {"state": "waiting"}).content.decode()
    assert browser.post("/captures/", {"url": "file:///etc/passwd"}).status_code == 422


def test_who_only_reads_has_no_form(world: World) -> None:
    browser = world.client("carrier", Role.REVIEWER)
    assert 'name="url"' not in browser.get("/captures/").content.decode()
    browser.post("/captures/", {"url": "http://a-page.example/"})
    with unscoped("test"):
        assert not Capture.objects.exists()


def test_visitors_stand_side_by_side(world: World) -> None:
    capture = seen(world["carrier"])
    page = world.client("carrier", Role.REVIEWER).get(f"/captures/{capture.ref}/").content.decode()
    for words in ("Telephone, from a link in a text", "Computer", "Hidden:", "code of a text message", "kit.js"):
        assert words in page
    assert "Hand on" not in page


def test_pages_with_the_same_parts_are_shown(world: World) -> None:
    seen(world["carrier"], url="http://first-bank.test/")
    capture = seen(world["carrier"])
    page = world.client("carrier", Role.ANALYST).get(f"/captures/{capture.ref}/").content.decode()
    assert "Same script" in page and "first-bank.test" in page


def test_screenshots_are_shown_for_a_purpose_on_record(world: World) -> None:
    capture = seen(world["carrier"])
    browser = world.client("carrier", Role.ANALYST)
    address = f"/captures/{capture.ref}/screenshots/"
    assert browser.get(address).status_code == 405
    assert browser.post(address).status_code == 422
    page = browser.post(address, {"purpose": "judge the page"})
    assert "data:image/png;base64," in page.content.decode() and "no-store" in page["Cache-Control"]
    assert "data:image/png" not in browser.get(f"/captures/{capture.ref}/").content.decode()
    with unscoped("test"):
        entry = LogEntry.objects.get(kind="values_disclosed", about=capture.ref)
    assert "judge the page" in entry.facts


def test_evidence_is_downloaded_for_a_purpose_on_record(world: World) -> None:
    capture = seen(world["carrier"])
    browser = world.client("carrier", Role.ANALYST)
    address = f"/captures/{capture.ref}/evidence/"
    assert browser.post(address).status_code == 422
    pack = browser.post(address, {"purpose": "case file"})
    with zipfile.ZipFile(BytesIO(pack.getvalue())) as archive:
        assert {"look.json", "manifest.json", "pages.warc.gz", "phone.png"} <= set(archive.namelist())
    with unscoped("test"):
        assert LogEntry.objects.filter(kind="values_disclosed", about=capture.ref).count() == 1


def test_evidence_that_is_gone_is_not_charged(world: World) -> None:
    capture = seen(world["carrier"])
    remove_evidence([capture.ref])
    browser = world.client("carrier", Role.ANALYST)
    for part in ("screenshots", "evidence"):
        browser.post(f"/captures/{capture.ref}/{part}/", {"purpose": "case file"})
    with unscoped("test"):
        assert not LogEntry.objects.filter(kind="values_disclosed").exists()


def test_a_page_is_handed_on(world: World) -> None:
    capture = seen(world["carrier"])
    browser = world.client("carrier", Role.ANALYST)
    answer = browser.post(f"/captures/{capture.ref}/hand-on/", {"victims": "on"})
    assert answer["Location"].startswith("/processes/")
    assert browser.post(f"/captures/{capture.ref}/hand-on/")["Location"] == f"/captures/{capture.ref}/"
