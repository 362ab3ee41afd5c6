"""Whatever the pages of webhooks do can be done by API."""

from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import drafted
from tests.command.web.api.asking import asking, problem

from fanzha.command.webhooks.delivery import queue_all
from fanzha.command.webhooks.models import Delivery

BASE = "/api/v1/webhooks/subscriptions"
SCOPES = ["webhooks:read", "webhooks:write"]


def test_a_program_subscribes_pauses_and_ends(world: World) -> None:
    client = asking(world, "centre", scopes=SCOPES, roles=["administrator"])
    answer = client.post(BASE, {"url": "https://receiver.example/", "processes": ["order"]}, "application/json")
    assert answer.status_code == 201 and answer.json()["keys"][0].startswith("whpk_")
    at = f"{BASE}/{answer.json()['ref']}"
    assert not client.patch(at, {"is_active": False}, "application/json").json()["is_active"]
    assert len(client.post(f"{at}/key").json()["keys"]) == 2
    assert [item["ref"] for item in client.get(BASE).json()["items"]] == [answer.json()["ref"]]
    assert client.delete(at).status_code == 204
    problem(client.get(at), 404)
    assert client.get(BASE).json()["items"] == []


def test_what_was_given_up_is_seen_and_sent_again(world: World) -> None:
    client = asking(world, "centre", scopes=SCOPES, roles=["administrator"])
    ref = client.post(BASE, {"url": "https://receiver.example/"}, "application/json").json()["ref"]
    drafted(world)
    queue_all(timezone.now())
    at = f"{BASE}/{ref}/deliveries"
    (waiting,) = client.get(at).json()["items"]
    assert waiting["message"].startswith(f"evt_{ref}_") and client.get(at, {"dead": "true"}).json()["items"] == []
    problem(client.post(f"{at}/{waiting['id']}/again"), 409)
    Delivery._base_manager.update(state="dead", problem="HTTP 500")
    (dead,) = client.get(at, {"dead": "true"}).json()["items"]
    assert dead["problem"] == "HTTP 500" and client.post(f"{at}/{dead['id']}/again").status_code == 202


def test_wrong_addresses_and_roles_are_problems(world: World) -> None:
    client = asking(world, "centre", scopes=SCOPES, roles=["administrator"])
    answer = problem(client.post(BASE, {"url": "https://10.0.0.1/"}, "application/json"), 422)
    assert answer["errors"][0]["pointer"] == "/evidence/url"
    problem(asking(world, "centre", scopes=SCOPES, roles=["analyst"]).get(BASE), 403)
