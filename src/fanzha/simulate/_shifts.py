"""Work in shifts at a steady pace: never more than so many calls in any hour, as those who know a limit would do."""

from typing import NamedTuple

import numpy as np

from fanzha.simulate._random import IntArray
from fanzha.simulate._settings import HOUR_MS


class ShiftCalls(NamedTuple):
    """One row a call: when, by which seat, and in the how-manieth hour since the simulation began."""

    at: IntArray
    seat: IntArray
    hour: IntArray

    def identity(self, seats: int, identity_count: int) -> IntArray:
        """Return who calls from the seat: with several turns, another of its identities each hour."""
        return self.seat + seats * self.active_identity(identity_count)

    def active_identity(self, identity_count: int) -> IntArray:
        """Return whose turn it is; it moves on every hour and every day, so that all come round."""
        return active_identity(self.hour, identity_count)


def schedule_calls(
    rng: np.random.Generator, start: int, number: int, hours: tuple[int, ...], seats: int, per_hour: int
) -> ShiftCalls:
    """Return the calls of `seats` seats in the given hours of day `number`, each evenly `per_hour` in any hour."""
    gap = HOUR_MS // max(1, per_hour) + 1
    phase = rng.integers(0, gap, seats)
    hour, seat, call_index = np.meshgrid(np.array(hours), np.arange(seats), np.arange(per_hour), indexing="ij")
    hour, seat, call_index = hour.ravel(), seat.ravel(), call_index.ravel()
    at = start + hour * HOUR_MS + phase[seat] + call_index * gap
    within_hour = phase[seat] + call_index * gap < HOUR_MS
    return ShiftCalls(at[within_hour], seat[within_hour], (number * 24 + hour)[within_hour])


def active_identity(hour: IntArray, identity_count: int) -> IntArray:
    """Return whose of so many turns an hour since the beginning is."""
    return (hour + hour // 24) % identity_count
