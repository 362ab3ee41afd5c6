"""Everyday life: here and there somebody opens a card, is checked by its chip and a face, and uses it from then on."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._phones import Phones
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._settings import DAY_MS
from fanzha.simulate._truth import Role


@dataclass(frozen=True)
class _Opened:
    phones: Phones
    day: Whole
    outlets: tuple[str, ...]
    people: tuple[str, ...]

    def emit(self, today: Today, facts: Facts) -> None:
        rows = np.flatnonzero(self.day == today.number)
        own = self.phones
        facts.add(
            "registration",
            today.moments(rows.size, habits.OFFICE),
            number=own.lines[rows],
            sim_card=own.cards[rows],
            person=Pick(self.people, rows),
            id_type="身份证",
            id_read="chip",
            channel="own_shop",
            outlet=Pick(self.outlets, rows % len(self.outlets)),
            cards_before=today.draw.integers(0, 3, rows.size),
            face_score=today.draw.uniform(0.85, 0.99, rows.size),
            liveness_score=today.draw.uniform(0.9, 1.0, rows.size),
            result="passed",
        )
        used = np.flatnonzero(self.day < today.number)
        if used.size:
            own.some(used).live(today, facts)


class NewCards(Scenario):
    """One a day on 1,000 residents, at an outlet for every 2,000."""

    name = "new_cards"
    title = Words("正常开卡", "new cards")
    tells = Words(
        "居民零散开卡，实名核验通过，随后正常使用", "people open a card now and then, are checked, and use it"
    )
    role = Role.ORDINARY

    def plan(self, scene: Scene) -> Plan:
        """Open them all through the simulation."""
        a_day, days = scene.each(1_000), scene.settings.days
        phones = Phones.bought(scene, a_day * days)
        day = np.repeat(np.arange(days), a_day)
        outlets, people = scene.directory.names("OUTLET", scene.each(2_000)), scene.directory.people(len(phones))
        opened = scene.settings.start_ms + day * DAY_MS
        truths = phones.truths(self.role, opened, scene.settings.end_ms)
        return Plan((scene.whole("outlet", outlets, self.role), *truths), _Opened(phones, day, outlets, people).emit)


SCENARIO = NewCards()
