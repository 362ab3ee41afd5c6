"""Under an approval in force a partner abroad reads what it names, each answer is on record, and all ends at once."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.command.exchange.exchange_world import TaxiiClient, collection_of, decide, let_read, program
from tests.command.foreign_sharing.foreign_world import (
    approve,
    collection_for_abroad,
    enter,
    move_abroad,
    move_end,
    objects_of,
    partner_program,
    terms,
)
from tests.command.organizations.acting import on_record
from tests.command.people import World

from fanzha.command.app_samples.models import AppSample
from fanzha.command.captures.models import Capture, CapturedAsset
from fanzha.command.exchange.models import Collection, CollectionReader, SharedObject, WithheldCount
from fanzha.command.exchange.publication import share_pending
from fanzha.command.foreign_sharing.models import ForeignApproval, ForeignExit
from fanzha.command.foreign_sharing.release_gate import is_same_purpose
from fanzha.command.foreign_sharing.selectors import list_exit_objects
from fanzha.command.foreign_sharing.services import (
    confirm_approval,
    enter_approval,
    make_reading_key,
    withdraw_approval,
)
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
NUMBER = "+8617000000001"


def exits() -> list[ForeignExit]:
    return list(ForeignExit._base_manager.order_by("pk"))


def test_without_an_approval_a_collection_is_empty_and_says_why(world: World) -> None:
    decide(world, "a.example.com")
    made = collection_for_abroad(world)
    client = partner_program(world)
    answer = client.get(f"collections/{made.taxii_id}/objects/")
    assert answer.json() == {} and "no approval in force" in answer["X-Fanzha-Withheld"]
    (listed,) = client.get("collections/").json()["collections"]
    assert "尚无有效的出境审批" in listed["description"] and made.title_en not in listed["title"]
    assert client.get(f"collections/{made.taxii_id}/manifest/").json() == {} and not exits()
    enter(world)
    share_pending(timezone.now())
    assert not objects_of(client, made)


def test_under_an_approval_links_leave_and_numbers_do_not(world: World) -> None:
    decide(world, "a.example.com")
    decide(world, NUMBER, "phone_number")
    decide(world, "203.0.113.7", "host")
    made = collection_for_abroad(world)
    approval = approve(world)
    client = partner_program(world)
    found = objects_of(client, made)
    assert ["a.example.com" in one["pattern"] for one in found if one["type"] == "indicator"] == [True]
    digests = [hashlib.new(name, form.encode(), usedforsecurity=False).hexdigest()
               for name in ("md5", "sha1", "sha256") for form in (NUMBER, NUMBER[1:], NUMBER[3:])]  # fmt: skip
    stored = b"".join(bytes(row.body) for row in SharedObject._base_manager.filter(collection=made)).decode()
    assert not any(text in stored for text in (NUMBER[3:], *digests))
    (left,) = exits()
    assert left.approval == approval and left.road == "taxii objects" and left.partner == world["partner"]
    assert len(list_exit_objects(left)) == left.objects_given
    (entry,) = on_record("foreign_exit")
    assert entry["approval"] == approval.ref and entry["sha256"] == left.sha256 and entry["objects"]


def test_the_digest_on_record_is_that_of_the_answer(world: World) -> None:
    decide(world, "a.example.com")
    made = collection_for_abroad(world)
    approve(world)
    answer = partner_program(world).get(f"collections/{made.taxii_id}/objects/")
    assert exits()[-1].sha256 == hashlib.sha256(answer.content).hexdigest()


def test_every_road_of_taxii_is_on_record(world: World) -> None:
    decide(world, "a.example.com")
    made = collection_for_abroad(world)
    approve(world)
    client = partner_program(world)
    (indicator,) = [one for one in objects_of(client, made) if one["type"] == "indicator"]
    client.get(f"collections/{made.taxii_id}/manifest/")
    client.get(f"collections/{made.taxii_id}/objects/{indicator['id']}/")
    client.get(f"collections/{made.taxii_id}/objects/{indicator['id']}/versions/")
    assert [left.road for left in exits()] == ["taxii objects", "taxii manifest", "taxii objects", "taxii versions"]


def test_files_of_a_collection_pass_the_same_gate_and_are_on_record(world: World) -> None:
    decide(world, "a.example.com")
    made = collection_for_abroad(world)
    approval = approve(world)
    SharedObject._base_manager.update(added_at=timezone.now() - timedelta(days=1))
    client, path = partner_program(world), f"/exchange-feeds/{made.taxii_id}"
    headers = {"authorization": f"Bearer {client.secret}"}
    (name,) = client.client.get(f"{path}/misp/manifest.json", headers=headers).json()
    bodies = [client.client.get(f"{path}/{rest}", headers=headers) for rest in (f"misp/{name}.json", "table.csv")]
    assert all("a.example.com" in body.content.decode() for body in bodies)
    assert [left.road for left in exits()] == ["misp manifest", "misp event", "csv"]
    assert [left.sha256 for left in exits()][1:] == [hashlib.sha256(body.content).hexdigest() for body in bodies]
    withdraw_approval(approval, world.person("centre", Role.LIAISON), "the authority ended it")
    assert client.client.get(f"{path}/misp/{name}.json", headers=headers).status_code == 404
    assert "a.example.com" not in client.client.get(f"{path}/table.csv", headers=headers).content.decode()


@pytest.mark.parametrize("end", ["withdrawn", "expired", "other purpose", "grant of home"])
def test_what_is_handed_out_stops_at_once(world: World, end: str) -> None:
    decide(world, "a.example.com")
    made = collection_for_abroad(world)
    approval = approve(world)
    client = partner_program(world)
    assert objects_of(client, made)
    match end:
        case "withdrawn":
            withdraw_approval(approval, world.person("centre", Role.LIAISON), "the authority ended it")
        case "expired":
            move_end(approval, timezone.now() - timedelta(seconds=1))
        case "other purpose":
            ForeignApproval._base_manager.update(purpose="research alone")
        case _:
            CollectionReader._base_manager.update(country="")
            Collection._base_manager.update(is_abroad=False)
    before = len(exits())
    (row,) = SharedObject._base_manager.filter(collection=made, stix_type="indicator")
    assert not objects_of(client, made) and not objects_of(client, made, **{"match[version]": "all"})
    assert client.get(f"collections/{made.taxii_id}/objects/{row.stix_id}/").status_code == 404
    assert client.get(f"collections/{made.taxii_id}/objects/{row.stix_id}/versions/").status_code == 404
    assert len(exits()) == before


def test_an_approval_lets_pass_only_the_kinds_that_it_names(world: World) -> None:
    decide(world, "a.example.com")
    made = collection_for_abroad(world)
    approval = approve(world)
    ForeignApproval._base_manager.filter(pk=approval.pk).update(kinds=["file_hash"])
    assert not objects_of(partner_program(world), made)


def test_a_hash_leaves_only_if_it_is_of_a_package_that_was_read_here(world: World) -> None:
    digest = hashlib.sha256(NUMBER.encode()).hexdigest()
    kept = "0a" * 32
    for value in (digest, kept):
        decide(world, f"apk:{value}", "app")
    now = timezone.now()
    shared = {"owner": world["centre"], "file_bytes": 14, "source": "desk", "received_at": now}
    AppSample._base_manager.create(**shared, sha256=kept, state="read")
    AppSample._base_manager.create(**shared, sha256=digest, state="unreadable")
    made = collection_for_abroad(world)
    approve(world)
    found = json.dumps(objects_of(partner_program(world), made))
    assert kept in found and digest not in found
    assert WithheldCount._base_manager.get(collection=made, reason="unproven_hash").count


def test_ranges_leave_and_kits_that_were_seen_on_a_page(world: World) -> None:
    seen, unseen = "0d" * 32, hashlib.sha256(NUMBER.encode()).hexdigest()
    for value in (seen, unseen):
        decide(world, f"kit:{value}", "kit")
    decide(world, "+861700000xxxx", "number_range")
    now = timezone.now()
    look = Capture._base_manager.create(owner=world["centre"], url="https://a.example/", host="a.example", score=0.9,
                                        asked_at=now, state="seen")  # fmt: skip
    CapturedAsset._base_manager.create(owner=world["centre"], capture=look, kind="script", value=seen)
    made = collection_for_abroad(world)
    approve(world, kinds=["kit", "number_range"])
    found = json.dumps(objects_of(partner_program(world), made))
    assert seen in found and "+861700000xxxx" in found and unseen not in found


def test_an_organisation_abroad_reads_no_collection_of_home(world: World) -> None:
    decide(world, "a.example.com")
    made = collection_of(world)
    let_read(world, made, "partner")
    move_abroad(world)
    approve(world)
    client = partner_program(world)
    assert not objects_of(client, made)
    assert "not for other countries" in client.get(f"collections/{made.taxii_id}/").json()["description"]


def test_a_reader_at_home_needs_no_approval_and_what_others_added_does_not_leave(world: World) -> None:
    decide(world, "a.example.com")
    made = collection_for_abroad(world, with_findings=False)
    let_read(world, made, "bank", country="GB", may_add=True)
    let_read(world, made, "police")
    approve(world)
    added = {
        "type": "note", "spec_version": "2.1", "id": "note--0c7b8d3a-6e1c-4f5d-9a51-3f6f1c9f1a11",
        "created": "2026-11-02T08:00:00.000Z", "modified": "2026-11-02T08:00:00.000Z", "content": NUMBER,
        "object_refs": ["identity--0c7b8d3a-6e1c-4f5d-9a51-3f6f1c9f1a11"],
    }  # fmt: skip
    path = f"collections/{made.taxii_id}/objects/"
    assert program(world, "bank").post(path, json.dumps({"objects": [added]})).json()["success_count"] == 1
    assert NUMBER in json.dumps(program(world, "police").get(path).json())
    assert "a.example.com" in json.dumps(program(world, "police").get(path).json())
    assert NUMBER not in json.dumps(partner_program(world).get(path).json())


def test_purposes_are_compared_word_by_word() -> None:
    assert is_same_purpose("Take  down Sites", "take down sites") and not is_same_purpose("takedown", "take down")


def test_a_read_costs_the_same_number_of_statements_however_much_it_gives(world: World) -> None:
    made = collection_for_abroad(world)
    approve(world)
    client, counts = partner_program(world), []
    for number in range(24):
        decide(world, f"s{number}.example.com")
        if number in (3, 23):
            share_pending(timezone.now())
            objects_of(client, made)
            with CaptureQueriesContext(connection) as asked:
                assert len(objects_of(client, made)) >= number
            counts.append(len(asked))
    assert counts[0] == counts[1]


def test_nothing_is_sent_if_the_approval_ends_while_the_answer_is_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(world, "a.example.com")
    made = collection_for_abroad(world)
    approval = approve(world)
    client = partner_program(world)

    def end(*values: object) -> None:
        ForeignApproval._base_manager.filter(pk=approval.pk).update(withdrawn_at=timezone.now())

    monkeypatch.setattr("fanzha.command.exchange.taxii_views.count_given", end)
    answer = client.get(f"collections/{made.taxii_id}/objects/")
    assert answer.status_code == 403 and b"a.example.com" not in answer.content and not exits()


def test_an_address_is_no_link(world: World) -> None:
    decide(world, "203.0.113.7")
    made = collection_for_abroad(world)
    approve(world)
    assert not objects_of(partner_program(world), made)


def test_a_key_that_one_organisation_made_reads_nothing_of_another(world: World) -> None:
    decide(world, "a.example.com")
    made = collection_for_abroad(world)
    approve(world)
    own = make_reading_key(ForeignApproval._base_manager.get(), world.person("centre", Role.LIAISON))
    carrier = world["carrier"]
    foreign = enter_approval(carrier, terms(world), world.person("carrier", Role.LIAISON))
    confirm_approval(foreign, world.person("carrier", Role.REVIEWER))
    foreign.refresh_from_db()
    other = make_reading_key(foreign, world.person("carrier", Role.LIAISON))
    assert objects_of(TaxiiClient(Client(), own), made)
    strange = TaxiiClient(Client(), other)
    assert strange.get("collections/").json() == {}
    assert strange.get(f"collections/{made.taxii_id}/objects/").status_code == 404
