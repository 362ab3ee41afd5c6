"""Entries become rows and come back the same; the order in which they were met leaves no trace."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.snapshots import AT, entries

from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.snapshot_format import profiles as columns
from fanzha.claims.snapshot_format.profiles import (
    Profiles,
    are_valid,
    concatenate_profiles,
    decode_entry,
    sort_profiles,
)
from fanzha.claims.verdict import FOREVER, Level

LISTS = st.lists(entries, max_size=8)


def taken(found: list[SnapshotEntry]) -> tuple[Profiles, list[int]]:
    profiles = Profiles()
    return profiles, [profiles.add(entry) for entry in found]


@given(LISTS)
def test_entries_come_back_as_they_were(found: list[SnapshotEntry]) -> None:
    profiles, rows = taken(found)
    assert [decode_entry(profiles.rows, list(profiles.words), row) for row in rows] == found
    assert are_valid(profiles.rows, len(profiles.words)) and 0 not in rows


@given(LISTS)
def test_settled_profiles_do_not_depend_on_the_order_and_mean_the_same(found: list[SnapshotEntry]) -> None:
    one, rows = taken(found)
    other, _ = taken(found[::-1])
    first, second = (sort_profiles(each, np.zeros(len(each.rows), np.int64)) for each in (one, other))
    assert (first.rows.tolist(), first.words) == (second.rows.tolist(), second.words)
    assert [decode_entry(first.rows, first.words, int(first.new_rows[row])) for row in rows] == found


@given(st.lists(LISTS, min_size=1, max_size=3))
def test_profiles_of_deltas_stand_behind_those_of_the_base(parts: list[list[SnapshotEntry]]) -> None:
    each = [taken(part) for part in parts]
    rows, words, starts = concatenate_profiles([(profiles.rows, list(profiles.words)) for profiles, _ in each])
    for (_, places), start, part in zip(each, starts, parts, strict=True):
        assert [decode_entry(rows, words, place + start) for place in places] == part


def test_the_most_used_come_first() -> None:
    profiles, (rare, usual) = taken([SnapshotEntry(Level.WATCH), SnapshotEntry(Level.SUSPECTED)])
    uses = np.zeros(3, np.int64)
    uses[usual] = 5
    assert sort_profiles(profiles, uses).new_rows[usual] == 1 and sort_profiles(profiles, uses).new_rows[rare] == 2


def test_ends_are_rounded_down_to_the_hour_and_no_end_stays_none() -> None:
    profiles, rows = taken([SnapshotEntry(Level.WATCH, until=AT + 3_599_999), SnapshotEntry(Level.WATCH)])
    found = [decode_entry(profiles.rows, list(profiles.words), row).until for row in rows]
    assert found == [AT, FOREVER]


@pytest.mark.parametrize(
    ("column", "value"),
    [(columns.LEVEL, 3), (columns.TREATMENT, -1), (columns.FRAUD_TYPE, 1), (columns.CASE, 9), (columns.ALSO, 2)],
)
def test_a_code_that_means_nothing_is_seen(column: int, value: int) -> None:
    rows = taken([SnapshotEntry(Level.WATCH)])[0].rows
    rows[1, column] = value
    assert not are_valid(rows, 1)


def test_a_chain_of_scopes_that_never_ends_is_seen() -> None:
    rows = taken([SnapshotEntry(Level.WATCH)])[0].rows
    rows[1, columns.ALSO] = 1
    assert not are_valid(rows, 1)
