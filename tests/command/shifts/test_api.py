"""Programs assign and hand over as people do."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.command.campaigns.models import Campaign
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def send(client: Client, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    answer = client.generic(method, f"/api/v1/shifts{path}", json.dumps(body or {}), "application/json")
    assert answer.status_code == status, answer.content
    return json.loads(answer.content or b"null")


def test_work_is_assigned_and_handed_over(world: World) -> None:
    row, client = campaign(world["carrier"], 1), world.client("carrier", Role.ANALYST)
    own, reviewer = world.person("carrier", Role.ANALYST), world.person("carrier", Role.REVIEWER)
    send(client, "POST", "/assignments", {"kind": "campaign", "ref": row.ref, "to": own.ref}, 204)
    assert Campaign._base_manager.get().assignee == own
    item = {"kind": "campaign", "ref": row.ref, "note": "hot"}
    made = send(client, "POST", "/handovers", {"to": reviewer.ref, "items": [item], "remark": "quiet"}, 201)
    assert (made["person"], made["to"], made["items"], made["remark"]) == (own.ref, reviewer.ref, [item], "quiet")
    assert send(client, "GET", f"/handovers/{made['ref']}") == send(client, "GET", "/handovers")["items"][0]
    send(client, "POST", "/assignments", {"kind": "campaign", "ref": row.ref, "to": "nobody"}, 422)


def test_the_digest_is_chosen(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    assert send(client, "GET", "/digest") == {"time": "", "hour": 8}
    assert send(client, "PUT", "/digest", {"time": "daily", "hour": 6}) == send(client, "GET", "/digest")
    send(client, "PUT", "/digest", {"time": "daily", "hour": 24}, 422)
