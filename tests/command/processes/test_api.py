"""Whatever the pages of processes do can be done by API, with the same refusals."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.command.audit.rereviews import limited
from tests.command.evidence_uploads import upload_for_all
from tests.command.people import World
from tests.command.processes.audits_made import marked_once
from tests.command.processes.orders_made import actor, drafted, issued, other_notice
from tests.command.web.api.asking import problem

from fanzha.base.clock import iso, to_ms
from fanzha.command.organizations.models import ApiKey, Person
from fanzha.command.processes.models import ProcessInstance, Step, SubjectNotice
from fanzha.command.processes.services import fire
from fanzha.command.processes.worker import run_once
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

BASE = "/api/v1/flows"


class Caller:
    """Another system that calls with its key."""

    def __init__(
        self,
        world: World,
        name: str,
        *roles: str,
        scopes: tuple[str, ...] = ("flows:read", "flows:write"),
        made_by: Person | None = None,
    ):
        fields = {"scopes": list(scopes), "roles": list(roles), "made_by": made_by}
        self.key, secret = ApiKey.make(world[name], "system", **fields)
        self._client, self._headers = Client(), {"authorization": f"Bearer {secret}"}

    def get(self, path: str, **query: str) -> Any:
        return self._client.get(BASE + path, query, headers=self._headers)

    def post(self, path: str, body: object, **headers: str) -> Any:
        return self._client.post(
            BASE + path, json.dumps(body), content_type="application/json", headers=self._headers | headers
        )

    def send(self, data: bytes, name: str = "paper.txt") -> Any:
        return self._client.post(BASE + "/files", {"file": SimpleUploadedFile(name, data)}, headers=self._headers)


def draft(world: World) -> dict[str, Any]:
    return {
        "process": "order",
        "event": "draft",
        "evidence": {
            "target_kind": "number",
            "action": "refuse",
            "subjects": ["+8617000001234"],
            "scope": "outgoing",
            "reason": "a burst",
            "expires_at": iso(to_ms(world["centre"].created_at) + 86_400_000),
            "receivers": [world["carrier"].ref],
        },
    }


def test_an_order_goes_through_by_keys_alone(world: World) -> None:
    centre, carrier = Caller(world, "centre", "analyst"), Caller(world, "carrier", "executor")
    made = centre.post("/instances", draft(world))
    assert made.status_code == 201, made.content
    ref = made.json()["ref"]
    read = centre.get(f"/instances/{ref}")
    assert read.headers["ETag"].startswith('"1-') and read.json()["steps"][0]["personal"] == ["subjects"]
    assert "17000001234" not in read.content.decode()
    reviewer = world.client("centre", Role.REVIEWER)
    reviewer.post(f"/processes/{ref}/do/approve/", {"opinion": "yes"})
    leg = carrier.get("/legs").json()["items"][0]
    assert (leg["instance"], leg["state"]) == (ref, "sent")
    fired = carrier.post(f"/instances/{ref}/events/acknowledge", {"leg": leg["name"]})
    assert fired.status_code == 200 and fired.json()["revision"] == 3


def test_hits_and_title_of_an_order_are_computed_by_the_service(world: World) -> None:
    body = draft(world)
    body["evidence"]["subjects"] = ["+8617000001234", "+86 170 0000 1235", "+8617000001235"]
    ref = Caller(world, "centre", "analyst").post("/instances", body).json()["ref"]
    with unscoped("test"):
        order = ProcessInstance.objects.get(ref=ref)
        evidence = Step.objects.get(instance=order).evidence
    assert (evidence["hits"], evidence["spared"]) == (2, 0)
    assert order.title.endswith(" +1") and "0000" not in order.title


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"hits": 0}, "/evidence/hits"), ({"hits": 2}, "/evidence/hits"), ({"spared": 5}, "/evidence/spared")],
)
def test_a_wrong_value_of_a_computed_field_is_refused(world: World, changes: dict[str, int], pointer: str) -> None:
    body = draft(world)
    body["evidence"] |= changes
    answer = Caller(world, "centre", "analyst").post("/instances", body)
    assert answer.status_code == 422 and answer.json()["errors"][0]["pointer"] == pointer
    with unscoped("test"):
        assert not ProcessInstance.objects.exists()


def test_the_right_value_of_a_computed_field_may_be_given(world: World) -> None:
    body = draft(world)
    body["evidence"] |= {"hits": 1, "spared": 0}
    assert Caller(world, "centre", "analyst").post("/instances", body).status_code == 201


def test_a_title_of_an_order_that_the_service_does_not_write_is_refused(world: World) -> None:
    answer = Caller(world, "centre", "analyst").post("/instances", draft(world) | {"title": "nothing to see"})
    assert answer.status_code == 422 and "标题由系统生成" in answer.json()["detail"]


@pytest.mark.parametrize("subjects", [None, 5, "+8617000001234", {"a": 1}, [1, None], []])
def test_subjects_of_another_type_are_refused_and_no_error_of_the_service(world: World, subjects: object) -> None:
    body = draft(world)
    body["evidence"]["subjects"] = subjects
    assert Caller(world, "centre", "analyst").post("/instances", body).status_code in (201, 422)


@pytest.mark.parametrize("event", ["approve", "send_back", "issue_emergency"])
def test_a_key_is_nobodys_second_person_and_issues_no_emergency(world: World, event: str) -> None:
    order = drafted(world)
    refused = Caller(world, "centre", "reviewer").post(f"/instances/{order.ref}/events/{event}", {"evidence": {}})
    assert refused.status_code == 403 and refused.json()["reason"] == "same_person"


def test_keys_are_told_apart_and_what_one_does_its_maker_does_not_approve(world: World) -> None:
    maker = world.person("centre", Role.REVIEWER)
    callers = [Caller(world, "centre", "analyst", made_by=made_by) for made_by in (maker, None)]
    refs = [caller.post("/instances", draft(world)).json()["ref"] for caller in callers]
    with unscoped("test"):
        acted = [Step.objects.get(instance__ref=ref).actor for ref in refs]
    assert acted == [f"key:{world['centre'].ref}:{caller.key.pk}" for caller in callers]
    reviewer = actor(world, "centre", Role.REVIEWER)
    with pytest.raises(Refusal, match="must not be the person"):
        fire(refs[0], "approve", reviewer, {"opinion": "yes"})
    fire(refs[1], "approve", reviewer, {"opinion": "yes"})


def test_wrong_evidence_is_told_by_field(world: World) -> None:
    body = draft(world)
    del body["evidence"]["reason"]
    answer = Caller(world, "centre", "analyst").post("/instances", body)
    assert answer.status_code == 422 and answer.json()["errors"][0]["pointer"] == "/evidence/reason"


def test_what_changed_since_it_was_read_is_not_changed_again(world: World) -> None:
    order, caller = issued(world, receivers=("carrier",)), Caller(world, "carrier", "executor")
    tag = caller.get(f"/instances/{order.ref}").headers["ETag"]
    path = f"/instances/{order.ref}/events/acknowledge"
    assert caller.post(path, {"leg": "1"}, **{"if-match": tag}).status_code == 200
    assert caller.post(path, {"leg": "1"}, **{"if-match": tag}).status_code == 412


@pytest.mark.parametrize("path", ["/instances/{ref}", "/instances/{ref}/events/approve"])
def test_what_others_run_is_not_there(world: World, path: str) -> None:
    order, caller = drafted(world), Caller(world, "other_carrier", "reviewer")
    answer = caller.post(path.format(ref=order.ref), {}) if "events" in path else caller.get(path.format(ref=order.ref))
    assert answer.status_code == 404


def test_the_leg_of_another_cannot_be_moved(world: World) -> None:
    order = issued(world)
    answer = Caller(world, "carrier", "executor").post(f"/instances/{order.ref}/events/acknowledge", {"leg": "3"})
    assert answer.status_code == 404


def test_definitions_say_what_must_be_given(world: World) -> None:
    found = {one["name"]: one for one in Caller(world, "centre", "analyst").get("/definitions").json()}
    fields = {one["name"]: one for one in found["order"]["openings"][0]["evidence"]}
    assert fields["subjects"]["personal"] and fields["hits"]["unit"] == {"zh": "个对象", "en": "subjects"}


def test_files_messages_and_notices(world: World) -> None:
    issued(world)
    run_once()
    caller = Caller(world, "centre", "clerk")
    assert len(caller.send(b"a paper").json()["sha256"]) == 64
    assert ".pdf" in problem(caller.send(b"a paper", "paper.pdf"), 422)["detail"]
    assert caller.get("/messages").json() == {"items": [], "next": ""}
    assert caller.post("/messages/read", {"ids": [1]}).status_code == 204
    (notice,) = caller.get("/notices").json()["items"]
    path = f"/notices/{notice['id']}/delivered"
    assert Caller(world, "centre", "analyst").post(path, {"how": "letter"}).status_code == 403
    refused = problem(caller.post(path, {"how": "letter"}), 422)
    assert refused["reason"] == "evidence" and "证明送达" in refused["detail"]
    with unscoped("test"):
        assert SubjectNotice.objects.get().delivered_at is None


def test_a_notice_of_no_limit_is_delivered_as_said(world: World) -> None:
    notice = other_notice(issued(world))
    path = f"/notices/{notice.pk}/delivered"
    assert Caller(world, "centre", "clerk").post(path, {"how": "letter"}).status_code == 204
    with unscoped("test"):
        assert SubjectNotice.objects.get().delivered_by == "letter"


def test_a_file_of_a_step_is_read_by_who_reads_the_step(world: World) -> None:
    order, proof = issued(world), upload_for_all([b"refused"])
    executor = actor(world, "carrier", Role.EXECUTOR)
    fire(order.ref, "acknowledge", executor, {}, leg="1")
    done = {"executed_at": 1_796_083_200_000, "result": "done", "proof": proof}
    fire(order.ref, "report_executed", executor, done, leg="1")
    path = f"/instances/{order.ref}/files/{proof}"
    for name in ("carrier", "centre"):
        assert b"".join(Caller(world, name).get(path).streaming_content) == b"refused"
    for name in ("mvno", "bank"):
        problem(Caller(world, name).get(path), 404)
    problem(Caller(world, "carrier").get(path[:-64] + "0" * 64), 404)


def test_what_is_hidden_as_yet_and_personal_files_are_not_given_out(world: World) -> None:
    audit, marks = marked_once(world)
    review, face = limited(world, ("other_carrier",))
    for name, ref, file in (("administration", audit.ref, marks), ("carrier", review.ref, face)):
        caller = Caller(world, name, "analyst")
        problem(caller.get(f"/instances/{ref}/files/{file}"), 404)
        assert file not in str(caller.get(f"/instances/{ref}").content)
    step = Caller(world, "administration").get(f"/instances/{audit.ref}").json()["steps"][-1]
    assert step["hidden"] == ["marks"] and step["evidence"] == {}
