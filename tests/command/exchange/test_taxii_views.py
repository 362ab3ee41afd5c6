"""The server answers as TAXII 2.1 says: media types, errors, pages, filters, versions, and what was added since."""

import base64
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.command.exchange.exchange_world import TAXII, TaxiiClient, collection_of, decide, let_read, program
from tests.command.people import World

from fanzha.command.exchange.models import Collection, GivenCount, SharedObject
from fanzha.command.exchange.publication import share_pending
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def collection(world: World) -> Collection:
    """Return a collection of three sites that the carrier reads."""
    for name in ("a", "b", "c"):
        decide(world, f"{name}.example.com")
    made = collection_of(world)
    let_read(world, made)
    return made


@pytest.fixture
def carrier(world: World) -> TaxiiClient:
    return program(world)


def at(collection: Collection, rest: str = "") -> str:
    return f"collections/{collection.taxii_id}/{rest}"


def test_discovery_leads_to_the_root_and_to_the_collections_of_the_caller(
    world: World, collection: Collection, carrier: TaxiiClient
) -> None:
    found = carrier.client.get("/taxii2/", headers={"authorization": f"Bearer {carrier.secret}", "accept": TAXII})
    assert found["Content-Type"] == TAXII and found.json()["default"].endswith("/taxii2/fanzha/")
    assert carrier.get("").json()["versions"] == [TAXII]
    (listed,) = carrier.get("collections/").json()["collections"]
    assert listed["id"] == str(collection.taxii_id) and listed["can_read"] and not listed["can_write"]
    assert carrier.get(at(collection)).json() == listed
    assert program(world, "bank").get("collections/").json() == {}


def test_the_password_of_basic_is_the_key(carrier: TaxiiClient) -> None:
    pair = base64.b64encode(f"anybody:{carrier.secret}".encode()).decode()
    answer = Client().get("/taxii2/", headers={"authorization": f"Basic {pair}", "accept": TAXII})
    assert answer.status_code == 200


@pytest.mark.parametrize("header", ["", "Basic !!!", "Bearer fz_wrong", "Basic YTpi", "Digest x"])
def test_nobody_else_is_answered(header: str) -> None:
    answer = Client().get("/taxii2/", headers={"accept": TAXII} | ({"authorization": header} if header else {}))
    assert answer.status_code == 401 and answer["WWW-Authenticate"].startswith("Basic")
    assert answer.json()["http_status"] == "401" and answer["Content-Type"] == TAXII


def test_other_organisations_find_no_collection_and_a_key_needs_the_scope(world: World, collection: Collection) -> None:
    assert program(world, "bank").get(at(collection, "objects/")).status_code == 404
    assert program(world, "carrier", "subjects:read").get(at(collection)).status_code == 403


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 406),
        ("application/taxii+json;version=2.0", 406),
        ("application/taxii+json", 200),
        ("*/*", 200),
    ],
)
def test_only_its_media_type_is_answered(carrier: TaxiiClient, accept: str, status: int) -> None:
    headers = {"authorization": f"Bearer {carrier.secret}", "accept": accept}
    assert carrier.client.get("/taxii2/", headers=headers).status_code == status


def _walk(client: TaxiiClient, path: str, **query: Any) -> list[list[str]]:
    """Return the ids of each page."""
    pages: list[list[str]] = []
    next_: dict[str, str] = {}
    while True:
        body = client.get(path, **query, **next_).json()
        pages.append([one["id"] for one in body.get("objects", ())])
        if not body.get("more"):
            return pages
        next_ = {"next": body["next"]}


def test_pages_follow_each_other_and_lose_nothing(collection: Collection, carrier: TaxiiClient) -> None:
    whole = _walk(carrier, at(collection, "objects/"))
    parts = _walk(carrier, at(collection, "objects/"), limit=4)
    assert len(whole) == 1 and len(parts) > 3 and [len(part) for part in parts[:-1]] == [4] * (len(parts) - 1)
    assert sum(parts, []) == whole[0] == sum(_walk(carrier, at(collection, "manifest/"), limit=5), [])


def test_what_was_added_since_is_found_and_nothing_else(
    world: World, collection: Collection, carrier: TaxiiClient
) -> None:
    first = carrier.get(at(collection, "objects/"))
    since = first["X-TAXII-Date-Added-Last"]
    assert carrier.get(at(collection, "objects/"), added_after=since).json() == {}
    decide(world, "d.example.com")
    share_pending(timezone.now())
    (added,) = carrier.get(at(collection, "objects/"), added_after=since).json()["objects"]
    assert added["pattern"] == "[domain-name:value = 'd.example.com']"
    assert first["X-TAXII-Date-Added-First"] < since


def test_types_ids_and_versions_are_matched(collection: Collection, carrier: TaxiiClient) -> None:
    indicators = carrier.get(at(collection, "objects/"), **{"match[type]": "indicator"}).json()["objects"]
    assert len(indicators) == 3
    wanted = indicators[1]["id"]
    assert carrier.get(at(collection, "objects/"), **{"match[id]": wanted}).json()["objects"] == [indicators[1]]
    assert carrier.get(at(collection, f"objects/{wanted}/")).json()["objects"] == [indicators[1]]
    assert carrier.get(at(collection, "objects/"), **{"match[spec_version]": "2.0"}).json() == {}
    assert carrier.get(at(collection, f"objects/{wanted}/versions/")).json()["versions"] == [indicators[1]["modified"]]
    by_version = {"match[version]": indicators[1]["modified"], "match[type]": "indicator"}
    assert indicators[1] in carrier.get(at(collection, "objects/"), **by_version).json()["objects"]
    assert carrier.get(at(collection, "objects/indicator--00000000-0000-4000-8000-000000000000/")).status_code == 404


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "x"}, {"next": "AAAA"}, {"next": "é"}, {"added_after": "yesterday"}]
)
def test_what_the_standard_does_not_allow_is_refused(
    collection: Collection, carrier: TaxiiClient, query: dict[str, str]
) -> None:
    answer = carrier.get(at(collection, "objects/"), **query)
    assert answer.status_code == 400 and answer.json()["title"] == "Bad Request"


def test_what_was_given_is_counted_for_the_receiver_alone(
    world: World, collection: Collection, carrier: TaxiiClient
) -> None:
    for client in (carrier, carrier, program(world, "centre")):
        client.get(at(collection, "objects/"), limit=2)
    with unscoped("test"):
        (count,) = GivenCount.objects.all()
    assert (count.receiver, count.requests, count.objects_given) == (world["carrier"], 2, 4)


INDICATOR = {
    "type": "indicator",
    "spec_version": "2.1",
    "id": "indicator--3b1c1d1e-1111-4222-8333-444444444444",
    "created": "2026-11-02T08:00:00.000Z",
    "modified": "2026-11-02T08:00:00.000Z",
    "pattern": "[domain-name:value = 'new.example.com']",
    "pattern_type": "stix",
    "valid_from": "2026-11-02T08:00:00Z",
}


def test_a_reader_adds_nothing_unless_it_may(collection: Collection, carrier: TaxiiClient) -> None:
    assert carrier.post(at(collection, "objects/"), json.dumps({"objects": [INDICATOR]})).status_code == 403


def test_added_objects_are_kept_as_they_came_and_each_has_a_status(world: World, carrier: TaxiiClient) -> None:
    shared = collection_of(world)
    let_read(world, shared, may_add=True)
    red = INDICATOR | {"id": "indicator--3b1c1d1e-1111-4222-8333-444444444445"}
    red["object_marking_refs"] = ["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"]  # type: ignore[assignment]
    answer = carrier.post(at(shared, "objects/"), json.dumps({"objects": [INDICATOR, red, {"type": "x"}]}))
    body = answer.json()
    assert answer.status_code == 202 and (body["success_count"], body["failure_count"]) == (1, 2)
    assert carrier.get(f"status/{body['id']}/").json() == body
    assert program(world, "bank").get(f"status/{body['id']}/").status_code == 404
    assert carrier.get(at(shared, "objects/")).json()["objects"] == [INDICATOR]
    with unscoped("test"):
        assert SharedObject.objects.get().source == world["carrier"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{", TAXII, 422),
        ("[" * 100_000, TAXII, 422),
        ('{"objects": []}', TAXII, 422),
        ('{"objects": [1]}', TAXII, 422),
        ('{"objects": [{}]}', "application/json", 415),
        (json.dumps({"objects": [{}] * 5_001}), TAXII, 413),
    ],
)
def test_wrong_bodies_are_refused(
    world: World, carrier: TaxiiClient, body: str, content_type: str, status: int
) -> None:
    shared = collection_of(world)
    let_read(world, shared, may_add=True)
    assert carrier.post(at(shared, "objects/"), body, content_type).status_code == status


def test_objects_are_never_deleted(collection: Collection, carrier: TaxiiClient) -> None:
    path = f"/taxii2/fanzha/{at(collection, 'objects/indicator--1/')}"
    answer = carrier.client.delete(path, headers={"authorization": f"Bearer {carrier.secret}", "accept": TAXII})
    assert answer.status_code == 405 and answer["Allow"] == "GET"
