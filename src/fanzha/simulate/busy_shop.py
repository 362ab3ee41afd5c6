"""Look-alike: a shop at a campus opens many honest cards in a day, to as many people, who then use them."""

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

SECOND_CARD_SHARE = 0.06  # of customers who take a card for a tablet too


@dataclass(frozen=True)
class _Shops:
    scene: Scene
    phones: Phones
    outlets: tuple[str, ...]
    shop: Whole
    day: Whole  # on which each card is opened
    people: tuple[str, ...]
    held: Whole

    def emit(self, today: Today, facts: Facts) -> None:
        rows = np.flatnonzero(self.day == today.number)
        at, outlet = today.moments(rows.size, habits.OFFICE), Pick(self.outlets, self.shop[rows])
        self.phones.some(rows).open(facts, at, outlet, self.people, self.held[rows], channel="own_shop")
        used = np.flatnonzero(self.day < today.number)
        if used.size:
            self.phones.some(used).live(today, facts)


class BusyShop(Scenario):
    """One shop on 10,000 residents."""

    name = "busy_shop"
    title = Words("开学季营业厅", "a busy shop")
    tells = Words(
        "营业厅一天为许多学生正常开卡，之后正常使用",
        "a shop opens many cards in a day, each to another student who uses it",
    )
    role = Role.LOOK_ALIKE
    strengths = {"cards_a_day": 30}

    def plan(self, scene: Scene) -> Plan:
        """Open the cards of each day and shop."""
        shops, days, a_day = scene.each(10_000), scene.settings.days, scene.force.whole("cards_a_day")
        count = shops * days * a_day
        phones, outlets = Phones.bought(scene, count), scene.directory.names("OUTLET", shops)
        day, shop = np.repeat(np.arange(days), shops * a_day), np.tile(np.repeat(np.arange(shops), a_day), days)
        held = np.cumsum(scene.draw.random(count) >= SECOND_CARD_SHARE).astype(np.int64)
        made = _Shops(scene, phones, outlets, shop, day, scene.directory.people(int(held[-1]) + 1), held)
        opened = scene.settings.start_ms + day * DAY_MS
        cards = phones.truths(self.role, opened, scene.settings.end_ms)
        return Plan((scene.whole("outlet", outlets, self.role), *cards), made.emit)


SCENARIO = BusyShop()
