"""Schedule calls at a steady pace within working hours, so that no hour exceeds a given number of calls."""

from typing import NamedTuple

import numpy as np

from fanzha.simulate._random import IntArray
from fanzha.simulate._settings import HOUR_MS


class ShiftCalls(NamedTuple):
    """One row per call: its time (UTC ms), its seat, and its hour counted from the start of the simulation."""

    at: IntArray
    seat: IntArray
    hour: IntArray

    def assign_identity(self, seats: int, identity_count: int) -> IntArray:
        """Return the identity that makes each call. A seat with several identities changes between them every hour."""
        return self.seat + seats * self.rotate_identity(identity_count)

    def rotate_identity(self, identity_count: int) -> IntArray:
        """Return the index of the active identity of each call, see the function `rotate_identity`."""
        return rotate_identity(self.hour, identity_count)


def schedule_calls(
    rng: np.random.Generator, start: int, number: int, hours: tuple[int, ...], seats: int, per_hour: int
) -> ShiftCalls:
    """Return the calls of `seats` seats in `hours` of day `number`, evenly spaced at `per_hour` calls per seat.

    `start` is midnight of the day in UTC ms.
    """
    gap = HOUR_MS // max(1, per_hour) + 1
    phase = rng.integers(0, gap, seats)
    hour, seat, call_index = np.meshgrid(np.array(hours), np.arange(seats), np.arange(per_hour), indexing="ij")
    hour, seat, call_index = hour.ravel(), seat.ravel(), call_index.ravel()
    at = start + hour * HOUR_MS + phase[seat] + call_index * gap
    within_hour = phase[seat] + call_index * gap < HOUR_MS
    return ShiftCalls(at[within_hour], seat[within_hour], (number * 24 + hour)[within_hour])


def rotate_identity(hour: IntArray, identity_count: int) -> IntArray:
    """Return which of `identity_count` identities is active in an hour counted from the start of the simulation.

    The rotation advances by one more each day, so that every identity is used even in short shifts.
    """
    return (hour + hour // 24) % identity_count
