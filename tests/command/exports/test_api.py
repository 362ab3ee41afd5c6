"""Exports are asked for, approved and fetched, and values unmasked, by API as by page."""

import json
from typing import Any

from django.test import Client
from tests.command.audit.rereviews import CARD, verifying
from tests.command.exports.factories import build_export, request_table, verdict
from tests.command.people import World
from tests.command.subjects.factories import NUMBER, finding_row, subject
from tests.command.web.api.asking import asking, problem

from fanzha.command.exports.models import Export, Unmasking
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

BASE = "/api/v1/exports"


def caller(world: World, name: str, role: Role = Role.ANALYST) -> Client:
    return asking(world, name, scopes=["exports:read", "exports:write"], roles=[role.value])


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(BASE + path, json.dumps(body), content_type="application/json")


def test_an_export_is_asked_for_made_and_fetched(world: World) -> None:
    verdict(world["carrier"])
    client = caller(world, "carrier")
    assert [one["name"] for one in client.get(f"{BASE}/tables").json()] == ["processes", "subjects"]
    answer = post(client, "/exports", {"table": "subjects", "purpose": "a report", "kind": "phone_number"})
    assert answer.status_code == 202
    ref = answer.json()["ref"]
    with unscoped("test"):
        build_export(Export.objects.get(ref=ref))
    assert client.get(f"{BASE}/exports/{ref}").json()["state"] == "done"
    assert [item["ref"] for item in client.get(f"{BASE}/exports").json()["items"]] == [ref]
    file = post(client, f"/exports/{ref}/file", {})
    assert file["Content-Type"] == "text/csv" and b"a report" in file.content


def test_refusals_are_problems(world: World) -> None:
    client = caller(world, "carrier")
    problem(post(client, "/exports", {"table": "subjects", "purpose": "a report"}), 422)
    problem(post(client, "/exports", {"table": "unmaskings", "purpose": "a report"}), 403)
    problem(client.get(f"{BASE}/exports/NONE"), 404)
    problem(caller(world, "carrier", Role.EXECUTOR).get(f"{BASE}/exports"), 403)
    problem(client.get(f"{BASE}/unmaskings"), 403)
    problem(client.get(f"{BASE}/watched"), 403)


def test_a_key_is_no_second_person_and_takes_nobodys_file(world: World) -> None:
    verdict(world["carrier"])
    waiting = request_table(world, unmasked=True)
    answer = post(caller(world, "carrier", Role.REVIEWER), f"/exports/{waiting.ref}/decision", {"approve": True})
    assert problem(answer, 403)["reason"] == "same_person"
    done = build_export(request_table(world))
    problem(post(caller(world, "carrier"), f"/exports/{done.ref}/file", {}), 404)
    problem(post(caller(world, "bank"), f"/exports/{done.ref}/file", {}), 404)


def test_a_person_decides_by_api(world: World) -> None:
    verdict(world["carrier"])
    waiting = request_table(world, unmasked=True)
    client = world.client("carrier", Role.REVIEWER)
    answer = post(client, f"/exports/{waiting.ref}/decision", {"approve": False, "note": "not now"})
    assert answer.status_code == 200 and answer.json()["state"] == "refused"
    problem(post(client, f"/exports/{waiting.ref}/decision", {"approve": True}), 409)


def test_a_value_is_unmasked_and_the_privacy_officer_sees_it(world: World) -> None:
    finding_row(world["carrier"])
    asked_for = {"subject": subject().ref, "purpose": "calling the bank", "case": "C1"}
    assert post(caller(world, "carrier"), "/unmask", asked_for).json()["value"] == NUMBER
    problem(post(caller(world, "carrier", Role.CLERK), "/unmask", asked_for), 403)
    problem(post(caller(world, "other_carrier"), "/unmask", asked_for), 404)
    problem(post(caller(world, "carrier"), "/unmask", asked_for | {"purpose": "    "}), 422)
    officer = caller(world, "carrier", Role.PRIVACY_OFFICER)
    (row,) = officer.get(f"{BASE}/unmaskings", {"case": "C1"}).json()["items"]
    assert row["purpose"] == "calling the bank" and NUMBER not in json.dumps(row)
    assert officer.get(f"{BASE}/unmaskings", {"case": "C2"}).json()["items"] == []
    (one,) = officer.get(f"{BASE}/watched").json()
    assert (one["times"], one["odd"]) == (1, [])


def test_a_field_and_a_personal_file_of_a_step_are_unmasked(world: World) -> None:
    review, _name = verifying(world)
    card = {"process": review.ref, "step": 1, "field": "card", "purpose": "calling the holder"}
    face = card | {"step": 4, "field": "record"}
    client = caller(world, "carrier")
    assert post(client, "/unmask-evidence", card).json() == {"values": [CARD]}
    answer = post(client, "/unmask-file", face)
    assert b"".join(answer.streaming_content) == b"a face" and "attachment" in answer["Content-Disposition"]
    problem(post(client, "/unmask-evidence", face), 404)
    problem(post(client, "/unmask-file", face | {"place": 1}), 404)
    problem(post(client, "/unmask-file", face | {"purpose": "    "}), 422)
    for path, body in (("/unmask-evidence", card), ("/unmask-file", face)):
        problem(post(caller(world, "carrier", Role.PRIVACY_OFFICER), path, body), 403)
        problem(post(caller(world, "other_carrier"), path, body), 404)
    assert Unmasking._base_manager.count() == 2
