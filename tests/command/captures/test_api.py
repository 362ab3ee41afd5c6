"""The API asks for looks and returns what became of them."""

from base64 import b64decode

import pytest
from tests.command.captures.looks_made import seen
from tests.command.people import World

from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
API = "/api/v1/captures/"


def test_a_look_is_asked_for_once(world: World) -> None:
    browser = world.client("carrier", Role.ANALYST)
    body = {"url": "http://a-page.example/", "about": "mine"}
    first = browser.post(API, body, content_type="application/json")
    assert first.status_code == 201 and first.json()["state"] == "waiting" and first.json()["about"] == "mine"
    assert browser.post(API, body, content_type="application/json").json()["ref"] == first.json()["ref"]
    assert browser.post(API, {"url": "file:///etc/passwd"}, content_type="application/json").status_code in (409, 422)


def test_looks_are_listed_and_read(world: World) -> None:
    capture = seen(world["carrier"])
    browser = world.client("carrier", Role.REVIEWER)
    (item,) = browser.get(API, {"state": "seen", "host": capture.host}).json()["items"]
    assert item == browser.get(f"{API}{capture.ref}").json()
    assert item["cloaked"] and item["asks"] == ["card", "sms_code"] and item["brand"] == "bank.example"


def test_a_page_is_handed_on_once(world: World) -> None:
    capture = seen(world["carrier"])
    browser = world.client("carrier", Role.ANALYST)
    address = f"{API}{capture.ref}/hand-on"
    assert browser.post(address, {"victims": True}, content_type="application/json").json()["process"]
    assert browser.post(address, {}, content_type="application/json").status_code in (409, 422)


def test_evidence_is_given_for_a_purpose(world: World) -> None:
    capture = seen(world["carrier"])
    browser = world.client("carrier", Role.REVIEWER)
    body = {"purpose": "judge the page"}
    (shot,) = browser.post(f"{API}{capture.ref}/screenshots", body, content_type="application/json").json()
    assert shot["name"] == "phone.png" and b64decode(shot["data"]).startswith(b"\x89PNG")
    pack = browser.post(f"{API}{capture.ref}/evidence", body, content_type="application/json")
    assert pack["Content-Type"] == "application/zip" and pack.getvalue().startswith(b"PK")
    assert browser.post(f"{API}{capture.ref}/evidence", {}, content_type="application/json").status_code == 422
