"""What we write we read again; hostile and foreign objects are counted, each under its reason."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.share.shared_items import AT, DAY, KEY, OF_EACH_KIND, SOURCE, campaign, verdict

from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.share.items import RejectReason
from fanzha.share.stix import StixWriter, read_objects

WRITER = StixWriter(SOURCE, KEY)
FOREIGN: dict[str, Any] = {
    "type": "indicator",
    "id": "indicator--3b1c1d1e-1111-4222-8333-444444444444",
    "created": "2026-11-02T08:00:00Z",
    "modified": "2026-11-02T08:00:00Z",
    "pattern": "[url:value = 'https://login.example.com/verify']",
    "pattern_type": "stix",
    "valid_from": "2026-11-02T08:00:00Z",
}


@pytest.mark.parametrize("kind", OF_EACH_KIND)
def test_a_verdict_comes_back_as_it_went(kind: str) -> None:
    shared = verdict(
        kind, OF_EACH_KIND[kind], direction="incoming", licence="for the anti-fraud centre only", campaigns=("C1",)
    )
    read = read_objects(WRITER.write_verdict(shared))
    (received,) = read.verdicts
    assert (received.subject_kind, received.subject, received.level) == (kind, OF_EACH_KIND[kind], Level.SUSPECTED)
    assert (received.score, received.fraud_type, received.direction) == (0.92, "phishing", "incoming")
    assert (received.valid_from, received.valid_until) == (AT, AT + 30 * DAY)
    assert received.marking is Marking.AMBER and received.licence == "for the anti-fraud centre only"
    assert received.campaigns == (WRITER.campaign_id("C1"),) and not read.rejected


def test_a_revoked_object_withdraws_without_naming_its_subject() -> None:
    (received,) = read_objects(WRITER.write_verdict(verdict("website", "a.example.com", is_withdrawn=True))).verdicts
    assert received.is_withdrawn and received.subject == ""
    assert received.object_id == WRITER.indicator_id("website|a.example.com")


def test_a_campaign_comes_back() -> None:
    read = read_objects(WRITER.write_campaign(campaign()))
    assert read.campaigns[0].title == "示例套件 / example kit" and read.rejected == {RejectReason.UNUSED_TYPE: 1}


def test_a_plain_indicator_of_another_product_is_understood() -> None:
    (received,) = read_objects([FOREIGN]).verdicts
    assert (received.subject_kind, received.subject) == ("website", "login.example.com")
    assert received.score is None and received.marking is None and received.level is Level.SUSPECTED


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"pattern": "[file:name = 'x.apk']"}, RejectReason.PATTERN),
        ({"pattern": "[ipv4-addr:value = '999.1.1.1']"}, RejectReason.VALUE),
        ({"pattern_type": "yara"}, RejectReason.PATTERN),
        ({"created": "0001-01-01T00:00:00Z"}, RejectReason.TIMES),
        ({"valid_until": "2026-11-01T00:00:00Z"}, RejectReason.TIMES),
        ({"object_marking_refs": ["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"]}, RejectReason.MARKING),
        ({"object_marking_refs": ["marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"]}, RejectReason.MARKING),
        ({"confidence": 900}, RejectReason.UNREADABLE),
        ({"id": 7}, RejectReason.UNREADABLE),
        ({"extensions": [1]}, RejectReason.UNREADABLE),
        ({"type": "malware"}, RejectReason.UNUSED_TYPE),
    ],
)  # fmt: skip
def test_what_is_of_no_use_is_counted_with_its_reason(change: dict[str, Any], reason: RejectReason) -> None:
    read = read_objects([FOREIGN | change])
    assert not read.verdicts and read.rejected == {reason: 1}


_LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
_JSON = st.recursive(
    _LEAVES,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3),
    max_leaves=6,
)


_NAMES = [*FOREIGN, "labels", "extensions", "object_marking_refs", "indicator_types", "revoked"]


@given(name=st.sampled_from(_NAMES), value=_JSON)
def test_no_value_of_any_property_breaks_the_reader(name: str, value: Any) -> None:
    read = read_objects([FOREIGN | {name: value}, value])
    assert len(read.verdicts) + sum(read.rejected.values()) <= 2


def test_a_description_has_no_nul() -> None:
    assert read_objects([FOREIGN | {"description": "a\0b"}]).verdicts[0].reason == "ab"
