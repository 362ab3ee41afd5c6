"""Who may open a process for another organisation does, by page and by API; both then see it, and the owner is told."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.test_api import Caller

from fanzha.base.clock import to_ms
from fanzha.command.processes.carry_out import carry_out
from fanzha.command.processes.models import Notification, ProcessInstance
from fanzha.command.processes.opening_for import possible_owners, ways_to_begin
from fanzha.command.processes.parties import actor_of, party
from fanzha.command.processes.process_settings import known_processes
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import everything, seen_by
from fanzha.store.evidence_files import keep

CARD = "+8617000004321"


def named(world: World, process: str, event: str, of: str, *roles: Role) -> set[str]:
    found = possible_owners(known_processes()[process], event, world.viewer(of, *roles))
    return {name for name, one in world.organizations.items() if one in found}


def test_owners_are_those_for_whom_the_office_may_open(world: World) -> None:
    operators = {"carrier", "other_carrier", "far_carrier", "mvno", "other_mvno"}
    assert named(world, "card_rereview", "police_names_card", "police", Role.LIAISON) == operators
    assert named(world, "card_rereview", "flag", "carrier", Role.ANALYST) == {"carrier"}
    assert named(world, "card_rereview", "flag", "police", Role.LIAISON) == {"police"}  # who is then told why not
    assert "brand" not in named(world, "indicator", "report", "brand", Role.LIAISON)
    assert {"centre", "isp"} <= named(world, "indicator", "report", "centre", Role.ANALYST)


def test_a_way_for_another_counts_as_a_way(world: World) -> None:
    process, viewer = known_processes()["card_rereview"], world.viewer("police", Role.LIAISON)
    found = {one.event: one.allowed for one in ways_to_begin(process, world["police"], actor_of(viewer))}
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
    carry_out(timezone.now())
    with everything("test"):
        made = ProcessInstance.objects.get()
        assert made.owner == world["carrier"]
        told = Notification.objects.get(owner=world["carrier"])
    assert told.text_en.startswith("Re-review of a card: Named by the police")
    for name, sees in (("carrier", True), ("police", True), ("other_carrier", False)):
        with seen_by(world.viewer(name, Role.ANALYST)):
            assert ProcessInstance.objects.exists() is sees


def opened(world: World, caller: Caller, owner: str) -> Any:
    body = {"case_document": keep([b"made up"]), "card": CARD}
    return caller.post(
        "/instances", {"process": "card_rereview", "event": "police_names_card", "owner": owner, "evidence": body}
    )


def test_by_api_a_key_of_the_police_does_and_of_others_does_not(world: World) -> None:
    police, bank = Caller(world, "police", "liaison"), Caller(world, "bank", "liaison")
    assert opened(world, police, world["mvno"].ref).json()["owner"] == world["mvno"].ref
    assert opened(world, police, world["bank"].ref).status_code == 403
    assert opened(world, bank, world["mvno"].ref).status_code == 403
    assert opened(world, police, "nobody").status_code == 404


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
    analyst = actor_of(world.viewer("centre", Role.ANALYST))
    fire(ref, "record_snapshot", analyst, {"page_hash": keep([b"a page"]), "facts": "made up"})
    judged = {
        "fraud_type": "phishing",
        "brand_owner": party(world["brand"]),
        "confidence": 95,
        "scope": "host",
        "valid_until": to_ms(timezone.now() + timedelta(days=10)),
        "executors": (party(world["isp"]),),
    }
    fire(ref, "judge_fraud", analyst, judged)
    path, proof = f"/instances/{ref}/events/confirm_by_brand", {"brand_proof": keep([b"a trade mark"])}
    assert brand.post(path, {"evidence": proof}).json()["state"] == "confirmed"
