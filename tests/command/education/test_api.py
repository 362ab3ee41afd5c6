"""Programs write, submit and approve as people do on the pages."""

import pytest
from django.test import Client
from tests.command.education.items_made import draft
from tests.command.people import World

from fanzha.command.education.shipped_items import shipped_items
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
ROUTE = "/api/v1/education/"
JSON = "application/json"


def create(editor: Client) -> str:
    answer = editor.post(f"{ROUTE}items", draft().texts | {"kind": "column", "slug": "by-key"}, content_type=JSON)
    assert answer.status_code == 201
    return str(answer.json()["item"])


def test_an_item_is_written_changed_and_submitted(world: World) -> None:
    editor = world.client("centre", Role.EDITOR)
    ref = create(editor)
    changed = editor.put(f"{ROUTE}items/{ref}/text", draft().texts | {"title_en": "Changed"}, content_type=JSON).json()
    assert changed["title_en"] == "Changed" and changed["number"] == 1 and changed["level"]["faults"] == []
    assert editor.post(f"{ROUTE}items/{ref}/submit").json()["state"] == "draft"
    assert editor.post(f"{ROUTE}items/{ref}/submit").status_code == 409
    listed = editor.get(f"{ROUTE}items", {"kind": "column"}).json()["items"]
    assert [row["slug"] for row in listed] == ["by-key"] and editor.get(f"{ROUTE}items/{ref}").json()["process"]


def test_a_reviewer_writes_nothing(world: World) -> None:
    body = draft().texts | {"kind": "column", "slug": "x"}
    assert world.client("centre", Role.REVIEWER).post(f"{ROUTE}items", body, content_type=JSON).status_code == 403


def test_the_set_is_submitted_and_approved(world: World) -> None:
    count = len(shipped_items())
    assert world.client("centre", Role.EDITOR).post(f"{ROUTE}set/submit").json() == {"count": count}
    approve = world.client("centre", Role.REVIEWER).post(
        f"{ROUTE}set/approve", {"checked": "All read."}, content_type=JSON
    )
    assert approve.json() == {"count": count}


def test_a_paper_needs_a_period(world: World) -> None:
    editor = world.client("centre", Role.EDITOR)
    wrong = editor.post(f"{ROUTE}papers", {"begins": "2026-10-31", "ends": "2026-10-01"}, content_type=JSON)
    assert wrong.status_code == 422
    right = editor.post(f"{ROUTE}papers", {"begins": "2026-10-01", "ends": "2026-10-31"}, content_type=JSON)
    assert right.status_code == 201 and right.json()["kind"] == "paper"
