"""A state lays deltas over a base and looks numbers up in batches."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.snapshots import base, delta, entries

from fanzha.claims.snapshot import DamagedSnapshot, SnapshotEntry, number_key
from fanzha.claims.snapshot_state import SnapshotState
from fanzha.claims.verdict import Level

NUMBERS = st.sampled_from([("phone_number", value) for value in ("+861", "+862", "110", "95588", "+999")])


@given(st.dictionaries(NUMBERS, entries), st.dictionaries(NUMBERS, st.none() | entries))
def test_every_number_is_named_once_and_found(
    first: dict[tuple[str, str], SnapshotEntry], changed: dict[tuple[str, str], SnapshotEntry | None]
) -> None:
    start = base(first)
    state = SnapshotState(start, [delta(start, start, changed)])
    keys = np.concatenate([*state.number_keys()])
    assert sorted(keys.tolist()) == sorted(number_key(value) for _, value in first | changed)
    asked = list(first | changed)
    found = state.find_profiles(np.array([number_key(value) for _, value in asked], np.uint64))
    assert [state.entry(int(row)) for row in found] == [(first | changed).get(one) for one in asked]


def test_deltas_out_of_order_are_refused() -> None:
    first = base({})
    second = delta(first, first, {("phone_number", "+861"): SnapshotEntry(Level.WATCH)})
    third = delta(first, second, {})
    assert SnapshotState(first, [second, third]).head.sequence == 3
    with pytest.raises(DamagedSnapshot):
        SnapshotState(first, [third, second])
