"""Subjects come together from single ones, whole arrays and hashes, and are found again as one snapshot."""

import numpy as np

from fanzha.claims.contents_builder import ContentsBuilder, build_contents
from fanzha.claims.snapshot import SnapshotEntry
from fanzha.claims.verdict import Level

WATCHED, SUSPECTED = SnapshotEntry(Level.WATCH), SnapshotEntry(Level.SUSPECTED)


def test_what_is_said_of_a_subject_last_counts_and_short_codes_are_numbers() -> None:
    listing = ContentsBuilder()
    listing.add("short_code", "95588", WATCHED)
    listing.add("phone_number", "95588", SUSPECTED)
    listing.add("host", "a.example", WATCHED)
    listing.add("phone_number", "0571", WATCHED)
    found = listing.build()
    assert found.keys.tolist() == [10**15 + 95588]
    assert sorted(found.other_subjects) == [("host", "a.example"), ("phone_number", "0571")]
    assert found.urls is None


def test_many_numbers_share_an_entry() -> None:
    listing = ContentsBuilder()
    listing.add_keys(np.arange(5, 8, dtype=np.uint64), WATCHED)
    listing.add("phone_number", "+9", None)
    found = listing.build()
    assert dict(zip(found.keys.tolist(), found.rows.tolist(), strict=True)) == {9: 0, 5: 1, 6: 1, 7: 1}


def test_a_list_of_urls_may_be_empty_and_is_then_the_whole_list() -> None:
    listing = ContentsBuilder()
    listing.add_urls({})
    assert listing.build().urls == {}
    assert len(build_contents({}).keys) == 0
