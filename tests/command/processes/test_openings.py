"""A process that follows another one is asked of its owner, begins with what is known, and is opened once."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from tests.command.evidence_uploads import upload_for_all
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.processes.test_api import Caller

from fanzha.base.clock import to_ms
from fanzha.command.processes.models import FollowUp, Notification, ProcessInstance
from fanzha.command.processes.openings import (
    follow_up_about,
    list_openings,
    possible_owners,
    prefill_values,
    present_follow_ups,
)
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.parties import to_actor, to_party
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.processes.worker import run_once
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.processes import all_processes
from fanzha.processes.parties import import_actor
from fanzha.processes.refusal import Refusal

IMPORT = import_actor("bss")
ABOUT = About("number", "S" * 26, title="400 made up", simulated=True)
RECHECK = {"service_kind": "number", "service": "400-000-0001", "cause": "change"}


def changed(world: World) -> FollowUp:
    """A key service whose allowed numbers were changed: its re-check is to follow."""
    given = {"kind": "n400", "customer": "customer-1"}
    service = open_process("key_service", "import_active", world["carrier"], IMPORT, given, about=ABOUT)
    fire(service.ref, "import_change", IMPORT, {"allowed_numbers": "ab" * 32})
    run_once()
    with unscoped("test"):
        return FollowUp.objects.select_related("instance").get(instance=service)


def opened(world: World, follow_up: FollowUp) -> ProcessInstance:
    return open_process(
        "key_service_recheck",
        "begin",
        world["carrier"],
        actor(world, "carrier", Role.ANALYST),
        RECHECK,
        about=follow_up_about(follow_up),
        follow_up=follow_up,
    )


def test_the_owner_is_asked_and_the_worker_may_be_asked_twice(world: World) -> None:
    changed(world)
    run_once()
    with unscoped("test"):
        told = Notification.objects.filter(owner=world["carrier"], text_en__startswith="To open: ")
        assert [one.text_en.split(" (")[0] for one in told] == ["To open: Re-check of a key service"]
        assert FollowUp.objects.count() == 1


def test_what_follows_is_about_the_same_and_is_opened_once(world: World) -> None:
    follow_up = changed(world)
    made = opened(world, follow_up)
    assert (made.about, made.title, made.simulated) == (ABOUT.subject, ABOUT.title, True)
    with pytest.raises(Refusal, match="already been started"):
        opened(world, follow_up)
    with unscoped("test"):
        assert ProcessInstance.objects.filter(process="key_service_recheck").count() == 1
        assert FollowUp.objects.get().opened == made


def test_fields_of_the_same_name_are_known_beforehand_and_files_are_given_anew(world: World) -> None:
    follow_up = changed(world)
    fields: dict[str, Any] = dict(all_processes()["key_service"].events["import_active"].evidence)
    fields |= all_processes()["key_service"].events["import_change"].evidence
    with unscoped("test"):
        assert prefill_values(follow_up, fields) == {"kind": "n400", "customer": "customer-1"}


def test_the_page_offers_it_to_who_may_open_it(world: World) -> None:
    follow_up = changed(world)
    with unscoped("test"):
        (shown,) = present_follow_ups(follow_up.instance, world.viewer("carrier", Role.ANALYST))
        assert [offer.event for offer in shown.begin] == ["begin"]
        (barred,) = present_follow_ups(follow_up.instance, world.viewer("carrier", Role.EXECUTOR))
        assert barred.begin == []


def test_by_the_page_it_is_opened_from_the_process_before_and_each_leads_to_the_other(world: World) -> None:
    follow_up, client = changed(world), world.client("carrier", Role.ANALYST)
    before = reverse("process", args=[follow_up.instance.ref])
    address = reverse("process_open", args=["key_service_recheck", "begin"])
    assert f"{address}?follows={follow_up.pk}" in client.get(before).content.decode()
    form = client.get(address, {"follows": follow_up.pk}).content.decode()
    assert ABOUT.title in form and before in form
    answer = client.post(address, {"follows": follow_up.pk, "title": ABOUT.title, **RECHECK})
    assert answer.status_code == 302
    assert answer["Location"] in client.get(before).content.decode()
    assert before in client.get(answer["Location"]).content.decode()


def test_another_organisation_can_neither_see_nor_open_it(world: World) -> None:
    follow_up, client = changed(world), world.client("other_carrier", Role.ANALYST)
    address = reverse("process_open", args=["key_service_recheck", "begin"])
    assert client.get(address, {"follows": follow_up.pk}).status_code == 404
    assert client.post(address, {"follows": follow_up.pk, **RECHECK}).status_code == 404


CARD = "+8617000004321"


def named(world: World, process: str, event: str, of: str, *roles: Role) -> set[str]:
    found = possible_owners(load_processes()[process], event, world.viewer(of, *roles))
    return {name for name, one in world.organizations.items() if one in found}


def test_owners_are_those_for_whom_the_office_may_open(world: World) -> None:
    operators = {"carrier", "other_carrier", "far_carrier", "mvno", "other_mvno"}
    assert named(world, "card_rereview", "police_names_card", "police", Role.LIAISON) == operators
    assert named(world, "card_rereview", "flag", "carrier", Role.ANALYST) == {"carrier"}
    assert named(world, "card_rereview", "flag", "police", Role.LIAISON) == {"police"}  # who is then told why not
    assert "brand" not in named(world, "indicator", "report", "brand", Role.LIAISON)
    assert {"centre", "isp"} <= named(world, "indicator", "report", "centre", Role.ANALYST)


def test_a_way_for_another_counts_as_a_way(world: World) -> None:
    process, viewer = load_processes()["card_rereview"], world.viewer("police", Role.LIAISON)
    found = {one.event: one.allowed for one in list_openings(process, world["police"], to_actor(viewer))}
    assert found == {"flag": False, "police_names_card": True}


def test_by_the_page_police_open_it_for_a_carrier_and_both_see_it(world: World) -> None:
    client = world.client("police", Role.LIAISON)
    address = reverse("process_open", args=["card_rereview", "police_names_card"])
    shown = str(client.get(address).content, "utf-8")
    assert f'<option value="{world["carrier"].ref}"' in shown and f'value="{world["police"].ref}"' not in shown
    definition = reverse("process_definition", args=["card_rereview"])
    assert address in str(client.get(definition).content, "utf-8")
    paper = SimpleUploadedFile("notice.pdf", b"%PDF-1.4 made up")
    answer = client.post(address, {"owner": world["carrier"].ref, "card": CARD, "case_document": paper})
    assert answer.status_code == 302, str(answer.content, "utf-8")
    assert client.get(answer["Location"]).status_code == 200
    deliver_due(timezone.now())
    with unscoped("test"):
        made = ProcessInstance.objects.get()
        assert made.owner == world["carrier"]
        told = Notification.objects.get(owner=world["carrier"])
    assert told.text_en.startswith("Card re-check: Named by the police")
    for name, sees in (("carrier", True), ("police", True), ("other_carrier", False)):
        with scoped_to(world.viewer(name, Role.ANALYST)):
            assert ProcessInstance.objects.exists() is sees


def open_by_api(world: World, caller: Caller, owner: str) -> Any:
    body = {"case_document": upload_for_all([b"made up"]), "card": CARD}
    return caller.post(
        "/instances", {"process": "card_rereview", "event": "police_names_card", "owner": owner, "evidence": body}
    )


def test_by_api_a_key_of_the_police_does_and_of_others_does_not(world: World) -> None:
    police, bank = Caller(world, "police", "liaison"), Caller(world, "bank", "liaison")
    assert open_by_api(world, police, world["mvno"].ref).json()["owner"] == world["mvno"].ref
    assert open_by_api(world, police, world["bank"].ref).status_code == 403
    assert open_by_api(world, bank, world["mvno"].ref).status_code == 403
    assert open_by_api(world, police, "nobody").status_code == 404


def test_definitions_tell_for_whom_and_what_may_be_named(world: World) -> None:
    found = {one["name"]: one for one in Caller(world, "brand", "liaison").get("/definitions").json()}
    [report] = found["indicator"]["openings"]
    assert report["allowed"]
    site = next(one for one in report["evidence"] if one["name"] == "indicator")
    assert (site["kinds"], site["chosen_by"]) == ({"site": "website", "app": "app"}, "kind")
    flag = next(one for one in found["card_rereview"]["openings"] if one["event"] == "flag")
    assert not flag["allowed"] and flag["evidence"][-1]["kind"] == "phone_number"
    [begun] = [one for one in found["annual_report"]["openings"] if one["event"] == "open_year"]
    assert begun["evidence"][0]["of"] == []


def test_a_brand_that_reported_a_site_and_is_named_as_copied_confirms_it(world: World) -> None:
    brand, centre = Caller(world, "brand", "liaison"), world["centre"]
    site = {"kind": "site", "indicator": "pay.example.com", "live_victims": "urgent"}
    body = {"process": "indicator", "event": "report", "owner": centre.ref, "evidence": site}
    ref = brand.post("/instances", body).json()["ref"]
    analyst = to_actor(world.viewer("centre", Role.ANALYST))
    fire(ref, "record_snapshot", analyst, {"page_hash": upload_for_all([b"a page"]), "facts": "made up"})
    judged = {
        "fraud_type": "phishing",
        "brand_owner": to_party(world["brand"]),
        "confidence": 95,
        "scope": "host",
        "valid_until": to_ms(timezone.now() + timedelta(days=10)),
        "executors": (to_party(world["isp"]),),
    }
    fire(ref, "judge_fraud", analyst, judged)
    path, proof = f"/instances/{ref}/events/confirm_by_brand", {"brand_proof": upload_for_all([b"a trade mark"])}
    assert brand.post(path, {"evidence": proof}).json()["state"] == "confirmed"


@pytest.mark.parametrize(
    ("name", "event", "field", "value", "follows"),
    [
        ("platform", "open_hit", "account", "wechat:made_up", "platform_account"),
        ("isp", "open_site_hit", "indicator", "pay.example.com", "indicator"),
        ("centre", "hand_hit_over", "subjects", ("pay.example.com",), "lead"),
    ],
)
def test_a_hit_of_a_patrol_opens_what_its_finder_may_open(
    world: World, name: str, event: str, field: str, value: Any, follows: str
) -> None:
    analyst, finish_by = actor(world, name, Role.ANALYST), to_ms(timezone.now() + timedelta(days=9))
    plan = {"scope": "made up", "queries": upload_for_all([b"made up"]), "population": 9, "finish_by": finish_by}
    patrol = open_process("patrol", "plan", world[name], analyst, plan)
    fire(patrol.ref, "approve", actor(world, name, Role.REVIEWER), {})
    if name != "platform":
        with pytest.raises(Refusal, match="platform"):
            fire(patrol.ref, "open_hit", analyst, {"account": "wechat:made_up"})
    fire(patrol.ref, event, analyst, {field: value})
    run_once()
    patrol.refresh_from_db()
    viewer = world.viewer(name, Role.ANALYST)
    with scoped_to(viewer):
        (row,) = present_follow_ups(patrol, viewer)
    assert row.follow_up.process == follows and row.begin
