"""Entries become rows and come back the same; the order in which they were met leaves no trace."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.snapshots import AT, entries

from fanzha.claims.entry import Entry
from fanzha.claims.snapshot_format import profiles as columns
from fanzha.claims.snapshot_format.profiles import Profiles, entry_of, joined, settled, sound
from fanzha.claims.verdict import FOREVER, Level

LISTS = st.lists(entries, max_size=8)


def taken(found: list[Entry]) -> tuple[Profiles, list[int]]:
    profiles = Profiles()
    return profiles, [profiles.add(entry) for entry in found]


@given(LISTS)
def test_entries_come_back_as_they_were(found: list[Entry]) -> None:
    profiles, rows = taken(found)
    assert [entry_of(profiles.rows, list(profiles.words), row) for row in rows] == found
    assert sound(profiles.rows, len(profiles.words)) and 0 not in rows


@given(LISTS)
def test_settled_profiles_do_not_depend_on_the_order_and_mean_the_same(found: list[Entry]) -> None:
    one, rows = taken(found)
    other, _ = taken(found[::-1])
    first, second = (settled(each, np.zeros(len(each.rows), np.int64)) for each in (one, other))
    assert (first.rows.tolist(), first.words) == (second.rows.tolist(), second.words)
    assert [entry_of(first.rows, first.words, int(first.place[row])) for row in rows] == found


@given(st.lists(LISTS, min_size=1, max_size=3))
def test_profiles_of_deltas_stand_behind_those_of_the_base(parts: list[list[Entry]]) -> None:
    each = [taken(part) for part in parts]
    rows, words, starts = joined([(profiles.rows, list(profiles.words)) for profiles, _ in each])
    for (_, places), start, part in zip(each, starts, parts, strict=True):
        assert [entry_of(rows, words, place + start) for place in places] == part


def test_the_most_used_come_first() -> None:
    profiles, (rare, usual) = taken([Entry(Level.WATCH), Entry(Level.SUSPECTED)])
    uses = np.zeros(3, np.int64)
    uses[usual] = 5
    assert settled(profiles, uses).place[usual] == 1 and settled(profiles, uses).place[rare] == 2


def test_ends_are_rounded_down_to_the_hour_and_no_end_stays_none() -> None:
    profiles, rows = taken([Entry(Level.WATCH, until=AT + 3_599_999), Entry(Level.WATCH)])
    found = [entry_of(profiles.rows, list(profiles.words), row).until for row in rows]
    assert found == [AT, FOREVER]


@pytest.mark.parametrize(
    ("column", "value"),
    [(columns.LEVEL, 3), (columns.TREATMENT, -1), (columns.FRAUD_TYPE, 1), (columns.CASE, 9), (columns.ALSO, 2)],
)
def test_a_code_that_means_nothing_is_seen(column: int, value: int) -> None:
    rows = taken([Entry(Level.WATCH)])[0].rows
    rows[1, column] = value
    assert not sound(rows, 1)


def test_a_chain_of_scopes_that_never_ends_is_seen() -> None:
    rows = taken([Entry(Level.WATCH)])[0].rows
    rows[1, columns.ALSO] = 1
    assert not sound(rows, 1)
