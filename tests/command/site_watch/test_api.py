"""Programs list candidates, decide on them, and read how far the logs were read."""

from pathlib import Path

from django.utils import timezone
from tests.command.people import World
from tests.command.site_watch.queue import fill, fill_mentions, follow_demo_log, write_settings
from tests.command.web.api.asking import asking, problem

from fanzha.command.site_watch.services import import_candidates
from fanzha.command.web.roles import Role
from fanzha.store.site_watch import open_site_watch

BASE = "/api/v1/site_watch"
SCOPES = ["site_watch:read", "site_watch:write", "flows:write"]


def test_a_program_decides_on_candidates(world: World, home: Path) -> None:
    write_settings(world, home)
    fill(home, "a.example", "b.example")
    import_candidates(timezone.now())
    client = asking(world, "carrier", scopes=SCOPES, roles=["analyst"], made_by=world.person("carrier", Role.ANALYST))
    second, first = client.get(f"{BASE}/candidates").json()["items"]
    assert (first["subject"], first["state"], first["is_within_budget"]) == ("a.example", "open", True)
    body = {"reason": "a garden club"}
    path = f"{BASE}/candidates/{first['ref']}"
    problem(client.post(f"{path}/dismissal", {"reason": ""}, "application/json"), 422)
    assert client.post(f"{path}/dismissal", body, "application/json").status_code == 204
    problem(client.post(f"{path}/process"), 409)
    opened = client.post(f"{BASE}/candidates/{second['ref']}/process")
    assert opened.status_code == 201
    (handed_on,) = client.get(f"{BASE}/candidates?state=handed_on").json()["items"]
    assert handed_on["process"] == opened.json()["process"]
    other = asking(world, "far_carrier", scopes=SCOPES, roles=["analyst"])
    assert other.get(f"{BASE}/candidates?state=handed_on").json()["items"] == []
    problem(other.post(f"{path}/process"), 404)


def test_names_that_only_mention_a_brand_are_listed_when_asked_for(world: World, home: Path) -> None:
    write_settings(world, home)
    fill(home, "a.example")
    fill_mentions(home, "b.example")
    import_candidates(timezone.now())
    client = asking(world, "carrier", scopes=SCOPES, roles=["analyst"])
    (listed,) = client.get(f"{BASE}/candidates").json()["items"]
    assert (listed["subject"], listed["is_mention"]) == ("a.example", False)
    (listed,) = client.get(f"{BASE}/candidates?mentions=true").json()["items"]
    assert (listed["subject"], listed["is_mention"]) == ("b.example", True)


def test_a_program_reads_the_logs(world: World, home: Path) -> None:
    with open_site_watch(home) as store:
        follow_demo_log(store)
    (log,) = asking(world, "carrier", scopes=SCOPES, roles=["reviewer"]).get(f"{BASE}/logs").json()
    assert log["missing"] == {"before_start": 40, "withheld": 1}
    assert log["seen"] + sum(log["missing"].values()) + log["waiting"] == log["size"]
