"""Programs of organisations add tags of their users, settle them, give codes and decide disputes."""

from pathlib import Path

from tests.command.number_tags.own_numbers import own, run_range
from tests.command.people import World
from tests.command.web.api.asking import asking, problem

from fanzha.command.number_tags.models import NumberProof, Tag, TagDispute, Tagger
from fanzha.command.number_tags.tag_disputes import dispute_tags
from fanzha.command.web.roles import Role

BASE, NUMBER = "/api/v1/number_tags", "+8617000000001"
SCOPES = ["number_tags:read", "number_tags:write"]


def test_a_users_tag_is_added_and_settled(world: World, home: Path) -> None:
    carrier = asking(world, "carrier", scopes=SCOPES, roles=["analyst"])
    body = {"kind": "phone_number", "value": "170 0000 0001", "category": "fraud", "tagger": "user 7", "text": "called"}
    assert carrier.post(f"{BASE}/tags", body, "application/json").status_code == 204
    assert Tag._base_manager.get().value == NUMBER and Tag._base_manager.get().is_bulk
    problem(carrier.post(f"{BASE}/tags", body | {"value": "hello"}, "application/json"), 422)
    settled = {"kind": "phone_number", "value": NUMBER, "outcome": "confirmed"}
    problem(carrier.post(f"{BASE}/settlements", settled, "application/json"), 403)
    centre = asking(world, "centre", scopes=SCOPES, roles=["reviewer"])
    assert centre.post(f"{BASE}/settlements", settled, "application/json").json() == {"settled": 1}
    assert Tagger.objects.get().confirmed == 1


def test_a_dispute_from_the_code_to_the_decision(world: World, home: Path) -> None:
    own(world, NUMBER)
    clerk = asking(world, "carrier", scopes=SCOPES, roles=["clerk"], made_by=world.person("carrier", Role.CLERK))
    code = clerk.post(f"{BASE}/codes", {"number": NUMBER}, "application/json").json()["code"]
    assert dispute_tags(NUMBER, code, "mine") and TagDispute._base_manager.get().owner == world["carrier"]
    own_reviewer, reviewer = (world.client(name, Role.REVIEWER) for name in ("carrier", "centre"))
    person = world.person("centre", Role.REVIEWER)
    key = asking(world, "centre", scopes=SCOPES, roles=["reviewer"], made_by=person)
    (row,) = reviewer.get(f"{BASE}/disputes").json()["items"]
    assert row["statement"] == "mine" and NUMBER not in row["number"]
    at = f"{BASE}/disputes/{row['ref']}/decision"
    problem(own_reviewer.post(at, {"upheld": True}, "application/json"), 404)
    problem(key.post(at, {"upheld": True}, "application/json"), 403)  # whoever holds a key may have given the code
    assert reviewer.post(at, {"upheld": True}, "application/json").status_code == 204
    problem(reviewer.post(at, {"upheld": True}, "application/json"), 409)
    nobody = asking(world, "carrier", scopes=SCOPES, roles=["clerk"])
    problem(nobody.post(f"{BASE}/codes", {"number": NUMBER}, "application/json"), 403)


def test_an_operator_proves_its_own_numbers_alone(world: World, home: Path) -> None:
    run_range(world)
    body = {"number": NUMBER, "method": "callback"}
    other = asking(world, "other_carrier", scopes=SCOPES, roles=["analyst"])
    problem(other.post(f"{BASE}/proofs", body, "application/json"), 422)
    carrier = asking(world, "carrier", scopes=SCOPES, roles=["analyst"])
    assert carrier.post(f"{BASE}/proofs", body, "application/json").status_code == 204
    assert NumberProof._base_manager.get().owner == world["carrier"]
