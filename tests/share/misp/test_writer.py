"""PyMISP's own object model reads the feed that we write, and makes the same manifest and hashes of it."""

import json
from typing import Any

import pytest
from pymisp import MISPEvent
from tests.share.shared_items import AT, DAY, KEY, OF_EACH_KIND, SOURCE, campaign, verdict

from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.share.misp import FeedBlock, FeedFile, block_event_id, write_block, write_feed, write_manifest

VERDICTS = [
    *(verdict(kind, value, campaigns=("CAMPAIGN1",)) for kind, value in OF_EACH_KIND.items()),
    verdict("website", "loose.example.com", created_at=AT + DAY, first_seen=AT, last_seen=AT + DAY),
    verdict("website", "gone.example.com", is_withdrawn=True),
]


@pytest.fixture(scope="module")
def feed() -> dict[str, bytes]:
    return dict(write_feed(SOURCE, KEY, VERDICTS, [campaign()]))


def _events(feed: dict[str, bytes]) -> dict[str, MISPEvent]:
    events = {}
    for name in json.loads(feed["manifest.json"]):
        events[name] = MISPEvent()
        events[name].load(json.loads(feed[f"{name}.json"]))
    return events


def test_every_event_is_read_with_all_its_attributes(feed: dict[str, bytes]) -> None:
    events = _events(feed)
    assert sum(len(event.attributes) for event in events.values()) == len(VERDICTS)
    assert {event.info for event in events.values()} >= {"示例套件 / example kit"}
    assert all(event.Orgc.name == "Example Centre" for event in events.values())


def test_the_manifest_is_the_one_that_the_library_makes(feed: dict[str, bytes]) -> None:
    manifest = json.loads(feed["manifest.json"])
    for name, event in _events(feed).items():
        ((_, made),) = event.manifest.items()
        assert _plain(made) == _plain(manifest[name])


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry as text, with the names of its tags: PyMISP writes some numbers as numbers."""
    tags = sorted(tag["name"] for tag in entry["Tag"])
    return {name: str(entry[name]) for name in ("info", "date", "analysis", "threat_level_id", "timestamp")} | {
        "tags": tags
    }


def test_the_hashes_are_those_of_the_library(feed: dict[str, bytes]) -> None:
    lines = set(feed["hashes.csv"].decode().split())
    for name, event in _events(feed).items():
        standing = [attribute for attribute in event.attributes if not attribute.deleted]
        assert {f"{value},{name}" for one in standing for value in one.hash_values("md5")} <= lines


def test_a_withdrawn_verdict_is_a_deleted_attribute_that_nothing_detects(feed: dict[str, bytes]) -> None:
    found = [one for event in _events(feed).values() for one in event.attributes if one.value == "gone.example.com"]
    assert [(one.deleted, one.to_ids) for one in found] == [(True, False)]


def test_the_manifest_is_the_last_file(feed: dict[str, bytes]) -> None:
    files = list(write_feed(SOURCE, KEY, [], []))
    assert files == [FeedFile("hashes.csv", b""), FeedFile("manifest.json", b"{}")]
    assert list(feed)[-1] == "manifest.json"


def test_a_block_is_an_event_as_its_manifest_says() -> None:
    block = FeedBlock("collection 1", Words("钓鱼网站", "Phishing"), AT + DAY, Marking.AMBER)
    manifest = json.loads(write_manifest(SOURCE, KEY, [block]))
    event = MISPEvent()
    event.load(json.loads(write_block(SOURCE, KEY, block, VERDICTS)))
    ((name, entry),) = manifest.items()
    assert name == event.uuid == block_event_id(KEY, "collection 1") and len(event.attributes) == len(VERDICTS)
    ((_, made),) = event.manifest.items()
    assert _plain(made) == _plain(entry)
    assert [attribute.value for attribute in event.attributes if attribute.deleted] == ["gone.example.com"]
