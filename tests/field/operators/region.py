"""A made-up county: subscribers with phones, cards, homes, families and contacts; cells; trunks; a calendar."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from tests.field.operators import identifiers
from tests.field.operators.identifiers import Ints, Texts
from tests.field.operators.records import DAY, HOUR, Callers
from tests.field.operators.truth import Actor, Victim

CELLS, RADIO_NETWORKS, LINES, GATEWAYS, INTERCONNECTS = 120, 6, 40, 8, 4
CONTACTS = 8
_TRUNKS = {"IGW": GATEWAYS, "PRI": LINES}
#: Share of calls by hour of the day.
HOURS = np.array([4, 2, 1, 1, 1, 3, 12, 34, 56, 68, 72, 66, 60, 48, 54, 58, 60, 66, 72, 74, 66, 46, 24, 10], float)
RANKS = np.array([0.26, 0.2, 0.15, 0.12, 0.1, 0.08, 0.05, 0.04])


class Region:
    """The subscribers of one seed and everything actors share: cells, trunk names, numbers not yet given out."""

    def __init__(self, seed: int, days: int, subscribers: int) -> None:
        self.rng = np.random.default_rng([20260309, seed])
        self.days = days
        monday = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(weeks=seed % 8) - timedelta(hours=8)
        self.first_day = int(monday.timestamp() * 1_000)
        self.subscribers = subscribers
        self.actors: list[Actor] = []
        self.victims: list[Victim] = []
        self._draw_identities(subscribers)
        self._share_phones(subscribers)
        self._draw_lives(subscribers)
        self._trunks = {name: self._shuffled(name, size) for name, size in _TRUNKS.items()}

    def _shuffled(self, prefix: str, size: int) -> Iterator[str]:
        """Yield the names of trunks in random order, so that a name says nothing of its customer."""
        return iter([f"{prefix}-{number + 1:02}" for number in self.rng.permutation(size)])

    def _draw_identities(self, subscribers: int) -> None:
        extra = subscribers + 4_000
        rng = self.rng
        self.numbers = identifiers.with_country(identifiers.draw_mobiles(rng, identifiers.OWN_FIRST, extra))
        self.imeis, self.imsis = identifiers.draw_imeis(rng, extra), identifiers.draw_imsis(rng, extra)
        self._next = subscribers
        others = [
            identifiers.with_country(identifiers.draw_mobiles(rng, first, subscribers // 3))
            for first in (identifiers.MOBILE_FIRST, identifiers.BROADCAST_FIRST)
        ]
        self.others = np.concatenate([*others, identifiers.draw_fixed(rng, subscribers // 10)])
        self.other_trunk = np.char.add("POI-0", (1 + np.arange(len(self.others)) % INTERCONNECTS).astype(str))
        self.cell_names = np.array([f"{4101 + n // 20}-{20481 + 7 * n}" for n in range(CELLS)])

    def _share_phones(self, subscribers: int) -> None:
        """Let a hundredth of the subscribers use a phone of the household, and cheap phones carry one IMEI (cloned)."""
        shared = self.rng.choice(subscribers - 1, subscribers // 100, replace=False)
        self.imeis[shared] = self.imeis[shared // 3 * 3]
        self.cloned = self.rng.choice(subscribers, subscribers // 350, replace=False)
        self.imeis[self.cloned] = np.resize(identifiers.draw_imeis(self.rng, 3), len(self.cloned))

    def _draw_lives(self, subscribers: int) -> None:
        rng = self.rng
        households = np.arange(subscribers) // 3
        self.home = rng.integers(0, CELLS, subscribers // 3 + 1)[households]
        self.work = rng.integers(0, CELLS, subscribers)
        self.rate = np.clip(rng.lognormal(-0.6, 1.0, subscribers), 0.02, 25)
        #: Contacts: two of the household, the others at random; entries from `subscribers` on are of other networks.
        people = subscribers + len(self.others)
        self.contacts = rng.integers(0, people, (subscribers, CONTACTS))
        family = households[:, None] * 3 + (np.arange(subscribers)[:, None] + np.array([1, 2])) % 3
        self.contacts[:, :2] = np.minimum(family, subscribers - 1)
        self.phone_book = np.concatenate([self.numbers[:subscribers], self.others])

    @property
    def lines(self) -> int:
        """Return how many lines the operator has in use."""
        return self._next

    def take_lines(self, count: int) -> Ints:
        """Return indices of `count` subscribers that nobody else is."""
        self._next += count
        assert self._next <= len(self.numbers), "more actors than numbers"
        return np.arange(self._next - count, self._next)

    def note_person(self, line: Ints, kind: str, name: str, days: tuple[int, ...]) -> None:
        """Note who the subscriber of one line is, by number, phone and card."""
        number, imei, imsi = (str(values[line][0]) for values in (self.numbers, self.imeis, self.imsis))
        self.add(Actor(name, kind, days, (number,), (imei,), (imsi,)))

    def take_trunk(self, prefix: str) -> str:
        """Return the next unused trunk name: IGW (abroad) or PRI (leased lines)."""
        return next(self._trunks[prefix])

    def day_start(self, day: int) -> int:
        """Return midnight of a day, Beijing time, as UTC ms."""
        return self.first_day + day * DAY

    def between(self, low: float, high: float) -> float:
        """Draw one value."""
        return float(self.rng.uniform(low, high))

    def whole(self, low: int, high: int) -> int:
        """Draw one integer, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def strangers(self, count: int) -> Texts:
        """Draw subscribers at random, each at most once."""
        return self.numbers[self.rng.choice(self.subscribers, count, replace=False)]

    def moments(self, day: int, count: int, hours: NDArray[np.float64]) -> Ints:
        """Draw moments of a day by weights of its 24 hours, sorted."""
        hour = self.rng.choice(24, count, p=hours / hours.sum())
        return np.sort(self.day_start(day) + hour * HOUR + self.rng.integers(0, HOUR, count))

    def opening(self, day: int, count: int, opens: float, closes: float) -> Ints:
        """Draw moments between two hours of a day, sorted."""
        low, high = int(opens * HOUR), int(closes * HOUR)
        return np.sort(self.day_start(day) + self.rng.integers(low, high, count))

    def mobile(self, index: Ints, cells: Ints) -> Callers:
        """Return own subscribers as callers, each in a cell (number of the cell)."""
        radio = np.char.add("RAN-0", (1 + cells % RADIO_NETWORKS).astype(str))
        return Callers(
            self.numbers[index], self.imeis[index], self.imsis[index], self.cell_names[cells], radio, "mobile"
        )

    def route(self, count: int, stops: int) -> Ints:
        """Return the cells of `count` calls on a way through `stops` neighbouring cells, in order of time."""
        way = (self.whole(0, CELLS - 1) + np.cumsum(self.rng.integers(-2, 3, stops))) % CELLS
        return np.asarray(way[np.minimum(np.arange(count) * stops // max(count, 1), stops - 1)], np.int64)

    def add(self, actor: Actor) -> None:
        """Note who an actor is."""
        self.actors.append(actor)
