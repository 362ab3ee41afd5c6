"""The files of a collection are read with the key of a reader, are counted, and pass the foreign gate like all else."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.command.exchange.exchange_world import TaxiiClient, collection_of, decide, let_read, program
from tests.command.people import World

from fanzha.command.exchange import file_feeds
from fanzha.command.exchange.models import Collection, CollectionReader, GivenCount, SharedObject
from fanzha.command.exchange.selectors import CollectionAccess

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
SITES = ("a.example.com", "b.example.com")


@pytest.fixture
def collection(world: World, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """Return a collection of two sites that the carrier reads; a moment ago it was filled."""
    for site in SITES:
        decide(world, site)
    made = collection_of(world)
    let_read(world, made)
    past = timezone.now().replace(year=2025)
    SharedObject._base_manager.filter(collection=made).update(added_at=past)
    return made


def get(client: TaxiiClient, collection: Collection, path: str) -> Any:
    """Ask for a file of a collection."""
    headers = {"authorization": f"Bearer {client.secret}"}
    return client.client.get(f"/exchange-feeds/{collection.taxii_id}/{path}", headers=headers)


def test_a_feed_is_read_from_its_manifest_to_its_events(world: World, collection: Collection) -> None:
    carrier = program(world)
    manifest = get(carrier, collection, "misp/manifest.json").json()
    (name,) = manifest
    answer = get(carrier, collection, f"misp/{name}.json")
    values = [one["value"] for one in answer.json()["Event"]["Attribute"]]
    assert values == list(SITES) and answer["Cache-Control"] == "no-store"
    assert GivenCount._base_manager.get().objects_given == 2
    assert get(carrier, collection, f"misp/{collection.taxii_id}.json").status_code == 404


def test_a_table_is_read_page_by_page_along_its_links(world: World, collection: Collection) -> None:
    carrier = program(world)
    first = get(carrier, collection, "table.csv?limit=1")
    link = first["Link"].split(">")[0].removeprefix("<http://testserver/")
    second = carrier.client.get(f"/{link}", headers={"authorization": f"Bearer {carrier.secret}"})
    assert SITES[0] in first.content.decode() and SITES[1] in second.content.decode()
    assert "Link" not in second and second["Content-Type"].startswith("text/csv")
    assert get(carrier, collection, "table.csv?next=x").status_code == 400


@pytest.mark.parametrize("path", ["misp/manifest.json", "table.csv"])
def test_nobody_else_reads_them(world: World, collection: Collection, path: str) -> None:
    assert get(program(world, "bank"), collection, path).status_code == 404
    assert get(program(world, "carrier", "subjects:read"), collection, path).status_code == 403
    answer = Client().get(f"/exchange-feeds/{collection.taxii_id}/{path}")
    assert answer.status_code == 401 and answer["WWW-Authenticate"].startswith("Basic")
    headers = {"authorization": f"Bearer {program(world).secret}"}
    assert Client().post(f"/exchange-feeds/{collection.taxii_id}/{path}", headers=headers).status_code == 405


def test_a_reader_abroad_without_an_approval_is_given_an_empty_feed_that_says_why(
    world: World, collection: Collection
) -> None:
    CollectionReader._base_manager.update(country="SG")
    carrier = program(world)
    manifest = get(carrier, collection, "misp/manifest.json")
    table = get(carrier, collection, "table.csv")
    assert json.loads(manifest.content) == {} and len(table.content.splitlines()) == 1
    assert manifest["X-Fanzha-Withheld"] and table["X-Fanzha-Withheld"]
    access = CollectionAccess(collection, True, True)
    (name,) = json.loads(file_feeds.build_manifest(access, timezone.now()))
    assert get(carrier, collection, f"misp/{name}.json").status_code == 404
