"""What PyMISP writes we read, and what we write comes back."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymisp import MISPEvent, MISPObject
from tests.share.shared_items import AT, KEY, OF_EACH_KIND, SOURCE, campaign, verdict

from fanzha.base.errors import Malformed
from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.share.items import RejectReason
from fanzha.share.misp import FeedEvent, read_event, read_manifest, write_feed

UUID = "3b1c1d1e-1111-4222-8333-444444444444"


def test_our_own_feed_comes_back() -> None:
    verdicts = [verdict(kind, value, campaigns=("CAMPAIGN1",)) for kind, value in OF_EACH_KIND.items()]
    files = dict(write_feed(SOURCE, KEY, verdicts, [campaign()]))
    (event,) = read_manifest(json.loads(files["manifest.json"]))
    read = read_event(json.loads(files[event.file_name]))
    assert {(one.subject_kind, one.subject) for one in read.verdicts} == set(OF_EACH_KIND.items()) and not read.rejected
    assert {(one.level, one.score, one.marking, one.fraud_type) for one in read.verdicts} == {
        (Level.SUSPECTED, 0.92, Marking.AMBER, "phishing")
    }
    assert {one.modified_at for one in read.verdicts} == {AT}


def test_an_event_of_pymisp_is_read_with_the_attributes_of_its_objects() -> None:
    event = MISPEvent()
    event.from_dict(
        uuid=UUID, info="kit", date="2026-11-02", timestamp=1_793_606_400, Orgc={"name": "Example", "uuid": UUID}
    )
    event.add_tag("tlp:green")
    for type_, value in (
        ("domain", "a.example.com"),
        ("domain|ip", "b.example.com|203.0.113.7"),
        ("email-subject", "x"),
    ):
        event.add_attribute(type_, value)
    held = MISPObject("file")
    held.add_attribute("sha256", "0a" * 32)
    event.add_object(held)
    read = read_event(event.to_feed())
    assert [(one.subject_kind, one.subject) for one in read.verdicts] == [
        ("website", "a.example.com"),
        ("website", "b.example.com"),
        ("app", "apk:" + "0a" * 32),
    ]
    assert all(one.marking is Marking.GREEN and one.score is None for one in read.verdicts)
    assert read.rejected == {RejectReason.UNUSED_TYPE: 1}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"value": "not a domain at all"}, RejectReason.VALUE),
        ({"type": "text", "value": "hello"}, RejectReason.UNUSED_TYPE),
        ({"uuid": "x"}, RejectReason.UNREADABLE),
        ({"timestamp": "1"}, RejectReason.TIMES),
        ({"Tag": [{"name": "tlp:red"}]}, RejectReason.MARKING),
    ],
)
def test_what_is_of_no_use_is_counted_with_its_reason(change: dict[str, Any], reason: RejectReason) -> None:
    attribute = {"uuid": UUID, "type": "domain", "value": "a.example.com", "timestamp": "1793606400"} | change
    read = read_event({"Event": {"Attribute": [attribute]}})
    assert not read.verdicts and read.rejected == {reason: 1}


def test_names_in_a_manifest_that_are_no_uuids_are_left_out() -> None:
    manifest = {"../../etc/passwd": {"timestamp": 1}, UUID: {"timestamp": "5"}, UUID[:-1] + "5": {"timestamp": 2}}
    assert read_manifest(manifest) == [FeedEvent(UUID[:-1] + "5", 2), FeedEvent(UUID, 5)]
    with pytest.raises(Malformed):
        read_manifest([])


_LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
_JSON = st.recursive(
    _LEAVES,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3),
    max_leaves=6,
)


@given(
    name=st.sampled_from(["uuid", "type", "value", "timestamp", "Tag", "deleted", "first_seen", "comment"]), value=_JSON
)
def test_no_value_of_any_property_breaks_the_reader(name: str, value: Any) -> None:
    attribute = {"uuid": UUID, "type": "domain", "value": "a.example.com", "timestamp": "1793606400"} | {name: value}
    read = read_event({"Event": {"Attribute": [attribute]}})
    assert len(read.verdicts) + sum(read.rejected.values()) == 1
    assert read_event(value).verdicts == []


@pytest.mark.parametrize("event", [{"Attribute": 5}, {"Object": ["x"]}, {"Object": 5}, {"Tag": {"a": 1}}, {"Tag": 5}])
def test_a_malformed_event_is_counted(event: dict[str, Any]) -> None:
    assert read_event({"Event": event}).rejected == {RejectReason.UNREADABLE: 1}


def test_a_comment_has_no_nul() -> None:
    attribute = {
        "type": "domain",
        "value": "a.example.com",
        "uuid": UUID,
        "timestamp": 1_777_000_000,
        "comment": "a\0b",
    }
    assert read_event({"Event": {"Attribute": [attribute]}}).verdicts[0].reason == "ab"
