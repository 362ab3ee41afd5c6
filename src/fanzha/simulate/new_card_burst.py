"""Fraud: a card is opened, lies silent, and then calls a crowd of strangers."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._force import Limit
from fanzha.simulate._habits import moments
from fanzha.simulate._phones import Phones, turn
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._settings import DAY_MS, HOUR_MS
from fanzha.simulate._truth import Role


@dataclass(frozen=True)
class _Cards:
    scene: Scene
    phones: Phones
    wakes: int  # day of the first call
    opened: Whole
    outlets: tuple[str, ...]
    people: tuple[str, ...]
    offsets: Whole  # cards x callees: the moments of the day each calls at, the same every day

    def emit(self, today: Today, facts: Facts) -> None:
        force, draw, count = self.scene.force, today.draw, len(self.phones)
        if today.number == 0:
            outlet = Pick(self.outlets, np.arange(count) % len(self.outlets))
            self.phones.open(facts, self.opened, outlet, self.people, np.arange(count))
        if today.number < self.wakes:
            return
        awake = turn(count, force.turns, today.number)
        who = np.repeat(awake, self.offsets.shape[1])
        at, callee = today.start + self.offsets[awake].ravel(), self.scene.residents.strangers(draw, who.size)
        self.phones.seen(facts, np.full(awake.size, today.start + 8 * HOUR_MS), awake)
        self.phones.dial(today, facts, at, who, callee, answer_share=0.4, talk_seconds=35)
        if force.hides:
            self.phones.live(today, facts)


class NewCardBurst(Scenario):
    """Opened on the first day at several outlets by different people."""

    name = "new_card_burst"
    title = Words("新卡先静默后突发", "new card: silent, then a burst")
    tells = Words("开卡后静默，数日后突然大量呼出", "opened, silent for days, then a crowd of strangers called")
    role = Role.FRAUD
    strengths = {"cards": 4, "silent_days": 3, "callees_a_day": 90}
    limits = {"callees_a_day": Limit(50)}

    def plan(self, scene: Scene) -> Plan:
        """Wake after the silence, at the latest on the last day."""
        count, given = scene.force.whole("cards") * scene.force.turns, scene.directory
        wakes = min(scene.force.whole("silent_days"), scene.settings.days - 1)
        phones = Phones.bought(scene, count)
        opened = scene.settings.start_ms + scene.draw.integers(9 * HOUR_MS, 19 * HOUR_MS, count)
        offsets = moments(scene.draw, count * scene.force.whole("callees_a_day"), 0, habits.OFFICE).reshape(count, -1)
        cards = _Cards(scene, phones, wakes, opened, given.names("OUTLET", 3), given.people(count), offsets)
        turns = scene.force.turns
        first = wakes + (np.arange(count) * turns // count - wakes) % turns  # day of each card's first turn
        used = first < scene.settings.days
        begins = scene.settings.start_ms + first[used] * DAY_MS + 8 * HOUR_MS
        return Plan(phones.some(used).truths(Role.FRAUD, begins, scene.settings.end_ms), cards.emit)


SCENARIO = NewCardBurst()
