"""Ids are remembered by the hour of their events, across restarts, in bounded memory."""

import numpy as np

from fanzha.analyze.watch.seen_ids import HOUR_MS, SeenIds


def add(seen: SeenIds, hour: int, *hashes: int) -> None:
    seen.add(np.array(hashes, np.uint64), np.full(len(hashes), hour * HOUR_MS, np.int64))


def contains(seen: SeenIds, *hashes: int) -> list[bool]:
    return [bool(found) for found in seen.contains(np.array(hashes, np.uint64))]


def test_ids_are_found_after_a_restart() -> None:
    seen = SeenIds(HOUR_MS)
    for first in range(0, 90, 3):
        add(seen, 5, first, first + 1)
    assert contains(SeenIds(HOUR_MS, saved=seen.save()), 0, 1, 2, 87, 88, 89, 900) == [
        True, True, False, True, True, False, False,
    ]  # fmt: skip


def test_old_hours_are_forgotten() -> None:
    seen = SeenIds(2 * HOUR_MS)
    for hour in range(5):
        add(seen, hour, hour)
    assert contains(seen, 0, 1, 2, 3, 4) == [False, False, True, True, True]


def test_beyond_the_limit_the_oldest_hour_goes_first() -> None:
    seen = SeenIds(10 * HOUR_MS, max_ids=4)
    add(seen, 0, 1, 2)
    add(seen, 1, 3, 4)
    add(seen, 2, 5, 6)
    assert (len(seen), contains(seen, 1, 3, 5)) == (4, [False, True, True])
