"""Programs comment, read, withdraw and subscribe as people do."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.command.organizations.models import ApiKey
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db
API = "/api/v1/collaboration"


def send(client: Client, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    answer = client.generic(method, f"{API}{path}", json.dumps(body or {}), "application/json")
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def test_a_comment_is_written_listed_and_withdrawn(world: World) -> None:
    row, client = campaign(world["carrier"], 1), world.client("carrier", Role.ANALYST)
    topic = f"/topics/campaign/{row.ref}"
    made = send(client, "POST", f"{topic}/comments", {"text": "look at the trunk"}, 201)
    assert [one["text"] for one in send(client, "GET", f"{topic}/comments")["items"]] == ["look at the trunk"]
    assert send(world.client("carrier", Role.CLERK), "POST", f"/comments/{made['ref']}/withdraw", status=403)
    assert send(client, "POST", f"/comments/{made['ref']}/withdraw")["text"] == ""
    assert send(client, "GET", f"{topic}/subscription") == {"on": True}
    assert send(client, "PUT", f"{topic}/subscription", {"on": False}) == {"on": False}
    assert send(client, "GET", f"{topic}/subscription") == {"on": False}


def test_a_key_comments_as_itself(world: World) -> None:
    row = campaign(world["carrier"], 1)
    scopes = ["collaboration:read", "collaboration:write"]
    _key, secret = ApiKey.make(world["carrier"], "a system", scopes=scopes, roles=[])
    client = Client(headers={"authorization": f"Bearer {secret}"})
    made = send(client, "POST", f"/topics/campaign/{row.ref}/comments", {"text": "imported"}, 201)
    assert made["person"] == "" and made["text"] == "imported"
    assert send(client, "POST", f"/comments/{made['ref']}/withdraw")["withdrawn_at"]
