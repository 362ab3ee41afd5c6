"""Id, times and marking of an object are read, or the reason for which it is not used."""

from typing import Any

import pytest

from fanzha.base.marking import Marking
from fanzha.share.items import RejectReason
from fanzha.share.stix.frame import RejectedObject, read_frame, read_moment, read_text

GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
ENTRY: dict[str, Any] = {
    "id": "indicator--3b1c1d1e-1111-4222-8333-444444444444",
    "created": "2026-11-02T08:00:00Z",
    "modified": "2026-11-02T08:00:01Z",
    "object_marking_refs": [GREEN, 5],
}


def test_a_frame_has_id_times_and_marking() -> None:
    frame = read_frame(ENTRY)
    assert (frame.object_id, frame.modified_at - frame.created_at) == (ENTRY["id"], 1_000)
    assert frame.marking is Marking.GREEN and not frame.is_withdrawn
    assert read_frame(ENTRY | {"revoked": True}).is_withdrawn and not read_frame(ENTRY | {"revoked": 1}).is_withdrawn


@pytest.mark.parametrize(
    "change", [{"id": "x"}, {"id": 5}, {"id": "indicator--\n" + "a" * 20}], ids=["short", "number", "line"]
)
def test_an_id_that_is_none_is_unreadable(change: dict[str, Any]) -> None:
    with pytest.raises(RejectedObject) as rejected:
        read_frame(ENTRY | change)
    assert rejected.value.reason is RejectReason.UNREADABLE


def test_a_moment_without_zone_is_utc_and_one_of_antiquity_is_impossible() -> None:
    assert read_moment("2026-11-02T08:00:00") == read_moment("2026-11-02T16:00:00+08:00")
    with pytest.raises(RejectedObject) as rejected:
        read_moment("0001-01-01T00:00:00Z")
    assert rejected.value.reason is RejectReason.TIMES


def test_a_text_is_cut_and_has_no_nul() -> None:
    assert (read_text("a\0bcd", 3), read_text(None, 3)) == ("abc", "")
