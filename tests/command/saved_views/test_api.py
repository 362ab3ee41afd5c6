"""Programs of a person save, change and delete views."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.command.people import World

from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def send(client: Client, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    answer = client.generic(method, f"/api/v1/saved_views{path}", json.dumps(body or {}), "application/json")
    assert answer.status_code == status, answer.content
    return json.loads(answer.content or b"null")


def test_a_view_is_saved_changed_and_deleted(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    view = send(client, "POST", "", {"page": "orders", "name": "late", "query": "cursor=1&show=late"}, 201)
    assert (view["query"], view["shared"], view["own"]) == ("show=late", False, True)
    changed = send(client, "PATCH", f"/{view['ref']}", {"shared": True, "default": True})
    assert changed["shared"]
    (seen,) = send(world.client("carrier", Role.CLERK), "GET", "")["items"]
    assert not seen["own"]
    assert client.get("/orders/").headers["Location"] == "/orders/?show=late"
    send(client, "DELETE", f"/{view['ref']}", status=204)
    assert send(client, "GET", "")["items"] == []
