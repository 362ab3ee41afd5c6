"""A table gives back what a dict would, whatever the keys, and its bytes do not depend on the order of its rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.claims.snapshot_format.hash_tables import HashTable, build_table, is_inconsistent, multipliers
from fanzha.claims.snapshot_format.keys import PROFILE_BITS

KEYS = st.integers(1, (1 << 50) - 1)
PAIRS = st.dictionaries(KEYS, st.integers(0, (1 << 64) - 1), max_size=300)


def rows(pairs: dict[int, int]) -> "np.typing.NDArray[np.uint64]":
    return np.array([*pairs.items()], np.uint64).reshape(len(pairs), 2)


def found(table: HashTable, key: int) -> int | None:
    at = ((key * table.multiplier & (1 << 64) - 1) >> 32) * table.slots >> 32
    while table.rows[at, 0]:
        if int(table.rows[at, 0]) == key:
            return int(table.rows[at, 1])
        at += 1
    return None


@given(PAIRS, st.lists(KEYS, max_size=20), st.binary(min_size=1, max_size=8))
def test_a_table_is_a_dict(pairs: dict[int, int], others: list[int], salt: bytes) -> None:
    table = build_table(rows(pairs), salt)
    assert {key: found(table, key) for key in [*pairs, *others]} == {key: pairs.get(key) for key in [*pairs, *others]}
    assert not is_inconsistent(
        table.rows, np.uint64(0), np.uint64(table.multiplier), np.uint64(table.slots), len(pairs)
    )


@given(PAIRS, st.randoms())
def test_the_order_of_rows_does_not_matter(pairs: dict[int, int], draw: "np.random.Generator") -> None:
    mixed = list(pairs.items())
    draw.shuffle(mixed)
    assert build_table(rows(dict(mixed)), b"s").rows.tobytes() == build_table(rows(pairs), b"s").rows.tobytes()


def test_numbers_in_a_row_keep_probes_short_and_most_places_used() -> None:
    keys = np.arange(8_617_000_000_000, 8_617_000_200_000, dtype=np.uint64)
    table = build_table((keys << np.uint64(PROFILE_BITS) | np.uint64(1))[:, None], b"salt", shift=PROFILE_BITS)
    assert table.rows.nbytes / len(keys) < 16
    used = np.flatnonzero(table.rows[:, 0])
    keys = table.rows[used, 0] >> np.uint64(PROFILE_BITS)
    with np.errstate(over="ignore"):
        homes = ((keys * np.uint64(table.multiplier) >> np.uint64(32)) * np.uint64(table.slots)) >> np.uint64(32)
    assert (used - homes.astype(np.int64)).max() <= 128


@pytest.mark.parametrize("width", [1, 2, 3])
def test_a_key_that_stands_twice_is_refused(width: int) -> None:
    with pytest.raises(ValueError, match="duplicate key"):
        build_table(np.array([[7, 8, 9][:width]] * 2, np.uint64), b"s")


def test_in_rows_of_three_words_the_first_may_be_the_same() -> None:
    table = build_table(np.array([[7, 1, 5], [7, 2, 6]], np.uint64), b"s")
    assert sorted(table.rows[table.rows[:, 0] == 7, 1].tolist()) == [1, 2]


@pytest.mark.parametrize("harm", ["moved", "lost", "added", "end"])
def test_a_row_that_could_not_be_found_is_seen(harm: str) -> None:
    table = build_table(rows(dict.fromkeys(range(1, 200), 1)), b"s")
    changed = table.rows.copy()
    (used,), (free,) = np.flatnonzero(changed[:, 0])[:1], np.flatnonzero(changed[:-1, 0] == 0)[-1:]
    if harm in ("moved", "added"):
        changed[free] = changed[used] if harm == "moved" else 200
    if harm in ("moved", "lost"):
        changed[used] = 0
    if harm == "end":
        changed[-1] = 1
    used_rows = 199
    assert is_inconsistent(changed, np.uint64(0), np.uint64(table.multiplier), np.uint64(table.slots), used_rows)


def test_multipliers_are_odd_and_follow_from_the_salt() -> None:
    drawn = multipliers(b"a", 16)
    assert len(set(drawn)) == 16 and all(one % 2 for one in drawn)
    assert drawn == multipliers(b"a", 16) != multipliers(b"b", 16)
