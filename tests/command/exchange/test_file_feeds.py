"""A collection is a feed of MISP and a table, made of the same objects as those of TAXII, in parts of bounded size."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pymisp import MISPEvent
from tests.command.exchange.exchange_world import collection_of, decide, let_read
from tests.command.exchange.test_publication import withdraw
from tests.command.people import World

from fanzha.base.clock import to_ms
from fanzha.command.exchange import object_store
from fanzha.command.exchange.file_feeds import FeedPart, build_event, build_manifest, build_table
from fanzha.command.exchange.models import Collection, SharedObject
from fanzha.command.exchange.publication import share_pending
from fanzha.command.exchange.selectors import CollectionAccess, find_collection
from fanzha.share.csv_table import read_table
from fanzha.share.misp import read_event, read_manifest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
SITES = [f"s{number}.example.com" for number in range(5)]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(object_store, "BLOCK_OBJECTS", 4)
    monkeypatch.setattr("fanzha.command.exchange.file_feeds.BLOCK_OBJECTS", 4)


@pytest.fixture
def collection(world: World, small_blocks: None) -> Collection:
    for site in SITES:
        decide(world, site)
    made = collection_of(world)
    let_read(world, made)
    return made


def access_of(world: World, collection: Collection, reader: str = "carrier") -> CollectionAccess:
    found = find_collection(world[reader].pk, str(collection.taxii_id))
    assert found is not None
    return found


def later() -> Any:
    """Return the next second: the manifest leaves out what changes within the present one."""
    return timezone.now() + timedelta(seconds=1)


def events(access: CollectionAccess) -> dict[str, FeedPart]:
    names = [event.event_id for event in read_manifest(json.loads(build_manifest(access, later())))]
    return {name: part for name in names if (part := build_event(access, name))}


def test_the_library_and_our_reader_find_every_site_once_in_events_of_bounded_size(
    world: World, collection: Collection
) -> None:
    parts = events(access_of(world, collection))
    values: list[str] = []
    for name, part in parts.items():
        event = MISPEvent()
        event.load(json.loads(part.body))
        assert event.uuid == name and len(event.attributes) == len(part.rows) <= 4
        assert {tag.name for tag in event.tags} == {"tlp:amber"}
        values += [attribute.value for attribute in event.attributes]
        assert not read_event(json.loads(part.body)).rejected
    assert sorted(values) == SITES and len(parts) > 1


def test_a_withdrawn_verdict_is_a_deleted_attribute_in_the_same_event_with_a_later_time(
    world: World, collection: Collection
) -> None:
    access = access_of(world, collection)
    before = json.loads(build_manifest(access, later()))
    row = SharedObject._base_manager.filter(collection=collection, stix_type="indicator").latest("pk")
    name = next(name for name, part in events(access).items() if row.pk in part.rows)
    withdraw(world)
    share_pending(timezone.now() + timedelta(seconds=5))
    access = access_of(world, collection)
    after = json.loads(build_manifest(access, timezone.now() + timedelta(seconds=10)))
    assert after.keys() == before.keys()
    assert [one for one in after if int(after[one]["timestamp"]) > int(before[one]["timestamp"])] == [name]
    part = build_event(access, name)
    assert part is not None
    deleted = [one["value"] for one in json.loads(part.body)["Event"]["Attribute"] if one["deleted"]]
    assert deleted == [SITES[-1]]


def test_what_changes_within_the_present_second_waits(world: World, collection: Collection) -> None:
    access = access_of(world, collection)
    assert json.loads(build_manifest(access, collection.created_at.replace(microsecond=0))) == {}


def test_an_unknown_event_is_none(world: World, collection: Collection) -> None:
    assert build_event(access_of(world, collection), "0c7b8d3a-6e1c-4f5d-9a51-3f6f1c9f1a11") is None


def test_the_table_has_every_site_once_over_its_pages(world: World, collection: Collection) -> None:
    access, after, values = access_of(world, collection), 0, []
    for _ in range(5):
        part = build_table(access, after, 2)
        rows = list(csv.DictReader(io.StringIO(part.body.decode())))
        assert len(rows) == len(part.rows) <= 2 and {row["marking"] for row in rows} == {"TLP:AMBER"}
        assert not read_table(part.body.decode(), to_ms(timezone.now())).rejected
        values += [row["value"] for row in rows]
        if not (after := part.next_row):
            break
    assert sorted(values) == SITES


def test_what_others_added_without_a_plain_value_is_left_out(world: World, collection: Collection) -> None:
    row = SharedObject._base_manager.filter(collection=collection, stix_type="indicator").latest("pk")
    body = json.loads(bytes(row.body)) | {"pattern": "[file:size > 1]"}
    SharedObject._base_manager.filter(pk=row.pk).update(body=json.dumps(body).encode())
    part = build_table(access_of(world, collection), 0, 100)
    assert len(part.body.decode().splitlines()) == len(SITES)
