"""Whatever the pages of the log do can be done by API, by the same readers."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.command.audit.records import record
from tests.command.people import World
from tests.command.processes.orders_made import issued
from tests.command.web.api.asking import asking, problem
from tests.processes.log.packs import contents

from fanzha.command.audit.anchors import make_anchor
from fanzha.command.audit.models import LogAnchor
from fanzha.command.web.roles import Role

BASE = "/api/v1/evidence"
SCOPES = ["evidence:read", "evidence:write"]


def caller(world: World, name: str, role: Role = Role.REVIEWER) -> Client:
    return asking(world, name, scopes=SCOPES, roles=[role.value])


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(BASE + path, json.dumps(body), content_type="application/json")


def test_entries_are_listed_in_pages_and_narrowed(world: World) -> None:
    record(5, organisation=world["carrier"].ref)
    client = caller(world, "carrier")
    first = client.get(f"{BASE}/entries", {"limit": 2}).json()
    second = client.get(f"{BASE}/entries", {"limit": 9, "cursor": first["next"]}).json()
    assert [one["position"] for one in first["items"] + second["items"]] == [4, 3, 2, 1, 0]
    assert len(client.get(f"{BASE}/entries", {"case": "process-1"}).json()["items"]) == 2
    assert client.get(f"{BASE}/entries", {"since": "2100-01-01T00:00:00Z"}).json()["items"] == []
    one = client.get(f"{BASE}/entries/{1 << 20}").json()
    assert one["batch"] == 1 and "+86170" not in json.dumps(one)


def test_others_entries_are_not_there(world: World) -> None:
    record(1, organisation=world["carrier"].ref)
    client = caller(world, "bank")
    assert client.get(f"{BASE}/entries").json()["items"] == []
    problem(client.get(f"{BASE}/entries/{1 << 20}"), 404)


@pytest.mark.parametrize("path", ["/state", "/entries", "/entries/1", "/anchors"])
def test_it_is_for_readers(world: World, path: str) -> None:
    client = caller(world, "carrier", Role.ANALYST)
    problem(client.get(BASE + path), 403)
    problem(post(client, "/checks", {}), 403)
    problem(post(client, "/packs", {"ref": "x", "purpose": "a hearing"}), 403)


def test_state_and_anchors_are_told_and_a_check_is_asked_for(world: World) -> None:
    record(1)
    make_anchor(timezone.now())
    client = caller(world, "carrier", Role.ADMINISTRATOR)
    assert client.get(f"{BASE}/state").json()["anchored"] == 1
    (anchor,) = client.get(f"{BASE}/anchors").json()["items"]
    assert anchor["line"] == LogAnchor.objects.get().line
    assert post(client, "/checks", {}).status_code == 202
    assert client.get(f"{BASE}/state").json()["is_being_read"] is True


def test_a_pack_is_a_zip_with_personal_values_for_those_who_may_see_them(world: World) -> None:
    order = issued(world)
    body = {"ref": order.ref, "purpose": "a hearing", "personal": True}
    answer = post(caller(world, "centre"), "/packs", body)
    assert answer["Content-Type"] == "application/zip"
    assert b"17000001234" in contents(answer.content)["personal.jsonl"]
    problem(post(caller(world, "centre", Role.ADMINISTRATOR), "/packs", body), 403)
    problem(post(caller(world, "bank"), "/packs", body), 404)


def test_a_pack_with_much_of_people_becomes_an_export_that_waits(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text("[exports]\npersonal_values = 0\n", "utf-8")
    order = issued(world)
    answer = post(caller(world, "centre"), "/packs", {"ref": order.ref, "purpose": "a hearing", "personal": True})
    assert answer.status_code == 202
    export = {name: answer.json()[name] for name in ("table", "about", "state")}
    assert export == {"table": "evidence_pack", "about": order.ref, "state": "to_approve"}
