"""Fraud: two phones side by side: one holds a long session over data, the other calls strangers (手机口)."""

from dataclasses import dataclass, replace

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._force import Limit
from fanzha.simulate._pace import shift, turn_of
from fanzha.simulate._phones import Phones
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._settings import HOUR_MS, MINUTE_MS
from fanzha.simulate._truth import Role

HOURS = (13, 14, 15, 16, 17)
REPORT_MINUTES = 10  # between two records of a data session
SESSION_KB = 9_000.0  # of speech and a remote picture, in that time


@dataclass(frozen=True)
class _Pairs:
    scene: Scene
    talking: Phones
    online: Phones
    outlets: tuple[str, ...]
    people: tuple[str, ...]

    def emit(self, today: Today, facts: Facts) -> None:
        force, draw = self.scene.force, today.draw
        if today.number == 0:
            self._opened(today, facts)
            return
        pairs = force.whole("pairs")
        work = shift(draw, today.start, today.number, HOURS, pairs, force.whole("strangers_per_hour"))
        who, callee = work.identity(pairs, force.turns), self.scene.residents.strangers(draw, work.at.size)
        cells = self._cell(who, work.hour)
        self.talking.dial(today, facts, work.at, who, callee, answer_share=0.4, talk_seconds=90, cells=cells)
        self._session(today, facts, pairs)
        if force.hides:
            self.talking.live(today, facts)

    def _opened(self, today: Today, facts: Facts) -> None:
        for n, phones in enumerate((self.talking, self.online)):
            at = today.start + 10 * HOUR_MS + today.draw.integers(0, 8 * HOUR_MS, len(phones))
            phones.open(facts, at, self.outlets[n], self.people, np.arange(len(phones)) + n * len(phones))

    def _session(self, today: Today, facts: Facts, pairs: int) -> None:
        """Report the data session of the other phone, in the same cell, all through the shift."""
        force = self.scene.force
        steps = len(HOURS) * 60 // REPORT_MINUTES
        step, seat = np.repeat(np.arange(steps), pairs), np.tile(np.arange(pairs), steps)
        at = today.start + HOURS[0] * HOUR_MS + step * REPORT_MINUTES * MINUTE_MS
        hour = today.number * 24 + HOURS[0] + step * REPORT_MINUTES // 60
        who = seat + pairs * turn_of(hour, force.turns)
        kilobytes = SESSION_KB * today.draw.uniform(0.8, 1.2, who.size)
        self.online.seen(facts, at, who, service="data", data_kb=kilobytes, cells=self._cell(who, hour))

    def _cell(self, who: Whole, hour: Whole) -> Whole:
        """Return where both phones of a pair are: they drive from cell to cell."""
        return (self.talking.cells[who] + hour % 24 // 2) % self.scene.residents.cells


class PairedPhones(Scenario):
    """Fresh cards in two phones, driven about."""

    name = "paired_phones"
    title = Words("手机口（双机对接）", "paired phones")
    tells = Words(
        "同一小区两部手机，一部长时间数据通话，另一部拨打陌生人",
        "two phones in one cell: a long data session, and calls to strangers",
    )
    role = Role.FRAUD
    strengths = {"pairs": 2, "strangers_per_hour": 25}
    limits = {"strangers_per_hour": Limit(10)}

    def plan(self, scene: Scene) -> Plan:
        """Open the cards on the first day, work from the second."""
        count, given = scene.force.whole("pairs") * scene.force.turns, scene.directory
        talking, online = Phones.bought(scene, count), Phones.bought(scene, count)
        pairs = _Pairs(scene, talking, online, given.names("OUTLET", 2), given.people(2 * count))
        span = scene.day(1, HOURS[0]), scene.settings.end_ms
        together = (
            replace(truth, actors=talking.lines) for truth in online.truths(Role.FRAUD, *span)
        )  # either phone stands for the pair
        return Plan((*talking.truths(Role.FRAUD, *span), *together), pairs.emit)


SCENARIO = PairedPhones()
