"""Work in shifts at a steady pace: never more than so many calls in any hour, as those who know a limit would do."""

from typing import NamedTuple

import numpy as np

from fanzha.simulate._draw import Whole
from fanzha.simulate._settings import HOUR_MS


class Shift(NamedTuple):
    """One row a call: when, by which seat, and in the how-manieth hour since the simulation began."""

    at: Whole
    seat: Whole
    hour: Whole

    def identity(self, seats: int, turns: int) -> Whole:
        """Return who calls from the seat: with several turns, another of its identities each hour."""
        return self.seat + seats * self.turn(turns)

    def turn(self, turns: int) -> Whole:
        """Return whose turn it is; it moves on every hour and every day, so that all come round."""
        return turn_of(self.hour, turns)


def shift(
    draw: np.random.Generator, start: int, number: int, hours: tuple[int, ...], seats: int, per_hour: int
) -> Shift:
    """Return the calls of `seats` seats in the given hours of day `number`, each evenly `per_hour` in any hour."""
    gap = HOUR_MS // max(1, per_hour) + 1
    phase = draw.integers(0, gap, seats)
    hour, seat, place = np.meshgrid(np.array(hours), np.arange(seats), np.arange(per_hour), indexing="ij")
    hour, seat, place = hour.ravel(), seat.ravel(), place.ravel()
    at = start + hour * HOUR_MS + phase[seat] + place * gap
    inside = phase[seat] + place * gap < HOUR_MS
    return Shift(at[inside], seat[inside], (number * 24 + hour)[inside])


def turn_of(hour: Whole, turns: int) -> Whole:
    """Return whose of so many turns an hour since the beginning is."""
    return (hour + hour // 24) % turns
