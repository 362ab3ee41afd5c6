"""Whatever the queue's pages do can be done by keys: the same services, refusals, revisions, and nothing of others."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.command.campaigns.factories import campaign, number
from tests.command.people import World
from tests.command.web.api.asking import asking, problem

from fanzha.command.campaigns.models import Campaign
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db
BASE = "/api/v1/campaigns"
SCOPES = ["campaigns:read", "campaigns:write"]


def caller(world: World, name: str = "carrier", *roles: str) -> Client:
    return asking(world, name, scopes=SCOPES, roles=list(roles or ("analyst",)))


def test_the_queue_is_read_page_by_page(world: World) -> None:
    rows = [campaign(world["carrier"], 1, first=place * 10) for place in range(5)]
    client, cursor = caller(world), ""
    seen: list[str] = []
    for _ in range(3):
        page = client.get(BASE, {"limit": "2", "cursor": cursor}).json()
        seen, cursor = [*seen, *(one["ref"] for one in page["items"])], page["next"]
    assert seen == [row.ref for row in reversed(rows)] and cursor == ""
    problem(client.get(BASE, {"cursor": "nonsense"}), 422)
    assert client.get(BASE, {"show": "confirmed"}).json()["items"] == []


def test_the_queue_costs_the_same_whatever_waits(world: World) -> None:
    client, counts = caller(world), []
    for first in (0, 10, 20, 30):
        campaign(world["carrier"], 1, first=first)
        with CaptureQueriesContext(connection) as held:
            client.get(BASE)
        counts.append(len(held))
    assert counts[1] == counts[-1]  # the first one notes that the key is used


def test_a_deed_is_conditional_on_what_was_read_and_can_be_undone(world: World) -> None:
    row, client = campaign(world["carrier"]), caller(world)
    tag = client.get(f"{BASE}/{row.ref}").headers["ETag"]
    body, kind = {"doing": "set_aside", "note": "a courier"}, "application/json"
    path = f"{BASE}/{row.ref}/actions"
    done = client.post(path, body, kind, headers={"if-match": tag})
    assert (done.status_code, done.json()["state"], done.json()["revision"]) == (200, "cleared", 2)
    problem(client.post(path, body, kind, headers={"if-match": tag}), 412)
    assert "not possible" in problem(client.post(path, body, kind), 409)["detail"]
    (action,) = client.get(path).json()["items"]
    undone = client.post(f"{BASE}/actions/{action['together']}/undo", {}, kind)
    assert undone.json()["done"] == [row.ref]
    assert Campaign._base_manager.get(pk=row.pk).state == "open"


def test_the_same_key_does_it_once(world: World) -> None:
    row, client = campaign(world["carrier"]), caller(world)
    for _ in range(2):
        answer = client.post(
            f"{BASE}/{row.ref}/actions",
            {"doing": "confirm"},
            "application/json",
            headers={"idempotency-key": "once"},
        )
        assert answer.status_code == 200
    assert Campaign._base_manager.get(pk=row.pk).revision == 2


def test_many_are_done_together_and_what_cannot_be_is_told(world: World) -> None:
    rows = [campaign(world["carrier"], 1, first=place * 10) for place in range(2)]
    aside = campaign(world["carrier"], 1, first=50, state="cleared")
    body = {"doing": "confirm", "campaigns": [row.ref for row in (*rows, aside)]}
    told = caller(world).post(f"{BASE}/actions", body, "application/json").json()
    assert told["done"] == [row.ref for row in rows]
    assert [one["ref"] for one in told["refused"]] == [aside.ref] and told["refused"][0]["why"]["zh"]


def test_who_takes_over_is_a_colleague(world: World) -> None:
    row, client = campaign(world["carrier"]), caller(world)
    path = f"{BASE}/{row.ref}/actions"
    stranger, colleague = world.person("bank", Role.ANALYST), world.person("carrier", Role.REVIEWER)
    wrong = problem(client.post(path, {"doing": "hand_over", "to": stranger.ref}, "application/json"), 422)
    assert wrong["errors"][0]["pointer"] == "/to"
    done = client.post(path, {"doing": "hand_over", "to": colleague.ref}, "application/json")
    assert done.json()["assignee"] == colleague.ref


def test_subjects_are_listed_masked_moved_and_merged_back(world: World) -> None:
    row, client = campaign(world["carrier"]), caller(world)
    listed = client.get(f"{BASE}/{row.ref}/subjects", {"limit": 2})
    assert len(listed.json()["items"]) == 2 and listed.json()["next"] and "17000" not in listed.content.decode()
    made = client.post(f"{BASE}/{row.ref}/move", {"subjects": [number(0).ref]}, "application/json")
    assert made.status_code == 201 and made.json()["subjects"] == 1
    merged = client.post(f"{BASE}/{row.ref}/merge", {"campaigns": [made.json()["ref"]]}, "application/json")
    assert merged.json()["subjects"] == 3


@pytest.mark.parametrize("path", ["", "/subjects", "/actions"])
def test_what_others_have_is_not_there(world: World, path: str) -> None:
    row = campaign(world["carrier"])
    problem(caller(world, "bank").get(f"{BASE}/{row.ref}{path}"), 404)


@pytest.mark.parametrize(("path", "body"), [("/actions", {"doing": "take"}), ("/move", {"subjects": ["x"]})])
def test_what_others_have_is_not_changed(world: World, path: str, body: dict[str, object]) -> None:
    row = campaign(world["carrier"])
    problem(caller(world, "bank").post(f"{BASE}/{row.ref}{path}", body, "application/json"), 404)
    problem(caller(world, "administration").post(f"{BASE}/{row.ref}{path}", body, "application/json"), 404)
    problem(caller(world, "carrier", "clerk").post(f"{BASE}/{row.ref}{path}", body, "application/json"), 403)


def test_a_supervisor_reads_who_has_it_nowhere(world: World) -> None:
    row = campaign(world["carrier"], assignee=world.person("carrier", Role.ANALYST))
    client = caller(world, "administration")
    assert client.get(f"{BASE}/{row.ref}").json()["assignee"] == ""
    assert client.get(f"{BASE}/{row.ref}/actions").json()["items"] == []
