"""Fraud: an outlet opens a pile of cards for a few straw people; the cards then try the banks from one place."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate._draw import Whole, some
from fanzha.simulate._facts import Facts
from fanzha.simulate._force import Limit
from fanzha.simulate._numbers import BANKS
from fanzha.simulate._phones import Phones
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._settings import HOUR_MS, MINUTE_MS
from fanzha.simulate._truth import Role, Truth

FIRST_HOUR = 20  # after the shop's own hours


@dataclass(frozen=True)
class _Pile:
    scene: Scene
    day: int
    phones: Phones
    opened: Whole
    outlets: tuple[str, ...]
    people: tuple[str, ...]

    def emit(self, today: Today, facts: Facts) -> None:
        force, draw, count = self.scene.force, today.draw, len(self.phones)
        if today.number == self.day:
            held = np.arange(count) // force.whole("cards_per_person")
            faces = draw.uniform(0.58, 0.72, count)
            outlet = Pick(self.outlets, np.arange(count) % len(self.outlets))
            self.phones.open(facts, self.opened, outlet, self.people, held, id_read="ocr", face_score=faces)
        if today.number > self.day:
            everyone = np.arange(count)
            self.phones.seen(facts, today.start + 9 * HOUR_MS + draw.integers(0, 20 * MINUTE_MS, count), everyone)
            at = today.start + 10 * HOUR_MS + draw.integers(0, HOUR_MS, count)
            self.phones.dial(today, facts, at, everyone, some(draw, BANKS, count), answer_share=1.0, talk_seconds=70)
            if force.hides:
                self.phones.live(today, facts)


class CardsOpenedTogether(Scenario):
    """One evening at one outlet; from level 2 at several."""

    name = "cards_opened_together"
    title = Words("同网点批量开卡", "cards opened together at one outlet")
    tells = Words(
        "同一网点短时间为少数人批量开卡，随后集中拨打银行",
        "many cards opened for a few people at one outlet, then all call banks from one cell",
    )
    role = Role.FRAUD
    strengths = {"cards": 20, "cards_per_person": 5, "cards_per_hour": 40}
    limits = {"cards_per_person": Limit(2), "cards_per_hour": Limit(10)}

    def plan(self, scene: Scene) -> Plan:
        """Open the cards at the pace the force allows, one evening of the first days."""
        force, given = scene.force, scene.directory
        count, day = force.whole("cards"), int(scene.draw.integers(0, max(1, scene.settings.days // 2)))
        phones = Phones.bought(scene, count)
        together = Phones(
            scene.residents, phones.lines, phones.cards, phones.devices, np.repeat(phones.cells[:1], count)
        )
        gap = HOUR_MS // force.whole("cards_per_hour") + 1
        opened = scene.day(day, FIRST_HOUR) + np.arange(count) // force.turns * gap
        outlets = given.names("OUTLET", force.turns)
        people = given.people(-(-count // force.whole("cards_per_person")))
        pile = _Pile(scene, day, together, opened, outlets, people)
        span = scene.day(day, FIRST_HOUR), scene.settings.end_ms
        return Plan((Truth("outlet", outlets, Role.FRAUD, *span), *together.truths(Role.FRAUD, *span)), pile.emit)


SCENARIO = CardsOpenedTogether()
