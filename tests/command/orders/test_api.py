"""Whatever the pages of orders do can be done by API."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.command.evidence_uploads import upload_for_all
from tests.command.orders.given import endpoint, settle, states
from tests.command.people import World
from tests.command.processes.orders_made import issued
from tests.command.subjects.factories import finding_row, subject

from fanzha.base.clock import iso, to_ms
from fanzha.command.orders.models import Sending
from fanzha.command.organizations.models import ApiKey
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.usefixtures("exercise_settings")
BASE = "/api/v1/orders"
NUMBER = "+8617000001234"


class Caller:
    """Another system that calls with its key."""

    def __init__(self, world: World, name: str, *roles: str) -> None:
        scopes = ["orders:read", "orders:write", "flows:read", "flows:write"]
        _, secret = ApiKey.make(world[name], "system", scopes=scopes, roles=list(roles))
        self._client, self._headers = Client(), {"authorization": f"Bearer {secret}", "accept-language": "en"}

    def get(self, path: str, **query: str) -> Any:
        return self._client.get(BASE + path, query, headers=self._headers)

    def send(self, method: str, path: str, body: object) -> Any:
        return self._client.generic(method, path, json.dumps(body), "application/json", headers=self._headers)

    def post(self, path: str, body: object = None) -> Any:
        return self.send("POST", BASE + path, body or {})


def draft(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "target_kind": "number",
        "action": "refuse",
        "targets": [NUMBER, "110"],
        "reason": "a burst",
        "receivers": [world["carrier"].ref],
        "expires_at": iso(to_ms(world["centre"].created_at) + 3 * 86_400_000),
        **changes,
    }


def test_an_order_is_previewed_drafted_approved_and_found(world: World) -> None:
    analyst, reviewer = Caller(world, "centre", "analyst"), Caller(world, "centre", "reviewer")
    body = {"target_kind": "number", "action": "refuse", "targets": [NUMBER, "110", "nonsense"]}
    impact = analyst.post("/impact", body).json()
    assert (impact["hits"], len(impact["protected"]), impact["not_understood"][0]["value"]) == (1, 1, "nonsense")
    answer = analyst.post("/", draft(world))
    assert answer.status_code == 201 and answer.json()["impact"]["hits"] == 1
    ref = answer.json()["ref"]
    assert analyst.get("/", show="approve").json()["items"][0]["ref"] == ref
    events = f"/api/v1/flows/instances/{ref}/events/approve"
    # a key acts as itself: of one organisation's keys none is a second person to another one
    assert reviewer.send("POST", events, {"evidence": {"opinion": "yes"}}).status_code == 403
    assert analyst.post("/", draft(world, receivers=["nobody"])).status_code == 422
    assert analyst.post("/", draft(world, targets=[])).status_code == 422
    assert reviewer.post("/", draft(world)).status_code == 403


def test_a_victim_is_previewed_as_left_out_and_not_drafted(world: World) -> None:
    finding_row(world["centre"], subject(NUMBER), fraud_type="victim_at_risk")
    analyst = Caller(world, "centre", "analyst")
    impact = analyst.post("/impact", {"target_kind": "number", "action": "refuse", "targets": [NUMBER]}).json()
    assert impact["hits"] == 0 and "Warn the person instead" in impact["victims"][0]["why"]["en"]
    refused = analyst.post("/", draft(world, targets=[NUMBER]))
    assert refused.status_code == 422 and "Warn the person instead" in refused.content.decode()


def test_a_leg_is_done_measured_and_urged(world: World) -> None:
    order = issued(world, receivers=("carrier",))
    executor, owner = Caller(world, "carrier", "executor"), Caller(world, "centre", "analyst")
    assert owner.post(f"/{order.ref}/legs/1/urge").json() == {"told": True}
    assert executor.post(f"/{order.ref}/legs/1/urge").status_code == 403
    assert executor.post(f"/{order.ref}/legs/1/done", {"result": "blocked"}).status_code == 422  # without a proof
    done = {"result": "blocked", "proof": upload_for_all([b"refused"])}
    assert executor.post(f"/{order.ref}/legs/1/done", done).json()["state"] == "executed"
    call = {"kind": "test_call", "value": NUMBER, "arrived": False, "route": "A"}
    assert owner.post(f"/{order.ref}/measurements", call).json() == {"events": []}
    call |= {"value": "+8617000009999", "arrived": True}
    assert owner.post(f"/{order.ref}/measurements", call).json() == {"events": ["prove"]}
    assert states(order) == {"1": "verified"}
    assert owner.post(f"/{order.ref}/measurements", call | {"value": "x"}).status_code == 422


def test_lifting_is_done_too(world: World) -> None:
    order = issued(world, receivers=("carrier",))
    executor = Caller(world, "carrier", "executor")
    executor.post(f"/{order.ref}/legs/1/done", {"proof": upload_for_all([b"refused"])})
    event = f"/api/v1/flows/instances/{order.ref}/events/roll_back"
    assert Caller(world, "centre", "reviewer").send("POST", event, {"evidence": {"mistake": "x"}}).status_code == 200
    assert executor.post(f"/{order.ref}/legs/1/done").json()["state"] == "lifted"


def test_ways_are_set_up_tried_and_listed_without_secrets(world: World) -> None:
    caller = Caller(world, "carrier", "administrator")
    keys = endpoint(world, "mvno", "signed_file").their_keys
    answer = caller.send("PUT", f"{BASE}/endpoints/signed_file", {"their_keys": keys}).json()
    assert answer["channel"] == "signed_file" and answer["our_keys"][0].startswith("whpk_")
    assert caller.post("/endpoints/signed_file/try").json() == {"problem": ""}
    assert len(caller.post("/endpoints/signed_file/key").json()["our_keys"]) == 2
    assert [one["channel"] for one in caller.get("/endpoints").json()] == ["signed_file"]
    assert caller.send("PUT", f"{BASE}/endpoints/nothing", {}).status_code == 422
    assert Caller(world, "carrier", "analyst").get("/endpoints").status_code == 403


def test_sendings_and_answers_are_listed_and_sent_again(world: World) -> None:
    endpoint(world, "carrier", "signed_file")
    order: ProcessInstance = issued(world, receivers=("carrier",))
    settle()
    caller = Caller(world, "carrier", "administrator")
    (sent,) = caller.get("/sendings", state="sent").json()["items"]
    assert (sent["order"], sent["leg"], sent["is_undo"]) == (order.ref, "1", False)
    with unscoped("test"):
        Sending.objects.update(state="dead")
    assert caller.post(f"/sendings/{sent['id']}/again").json()["state"] == "waiting"
    assert caller.get("/received").json() == {"items": [], "next": ""}
    assert Caller(world, "bank", "administrator").get("/sendings").json()["items"] == []


def test_targets_are_handed_to_who_acts_alone(world: World) -> None:
    order = issued(world, receivers=("carrier",))
    path = f"/{order.ref}/targets"
    assert Caller(world, "carrier", "executor").post(path).json() == [
        {"kind": "phone_number", "value": NUMBER, "action": "refuse"}
    ]
    assert Caller(world, "carrier", "reviewer").post(path).status_code == 403
    for name in ("centre", "mvno"):
        assert Caller(world, name, "analyst").post(path).status_code == 404
