"""Innocent look-alike: a campus shop opens many cards a day for as many legitimate customers, who then use them."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._phones import Phones
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import DAY_MS
from fanzha.simulate._truth import SimulatedRole

SECOND_CARD_SHARE = 0.06  # share of customers who open a second card for a tablet


@dataclass(frozen=True)
class _BusyShops:
    context: ScenarioContext
    phones: Phones
    outlets: tuple[str, ...]
    shop: IntArray
    day: IntArray  # day on which each card is opened
    people: tuple[str, ...]
    owner_index: IntArray

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        rows = np.flatnonzero(self.day == today.number)
        at, outlet = today.draw_moments(rows.size, habits.OFFICE), Categorical(self.outlets, self.shop[rows])
        self.phones.select(rows).register_cards(
            facts, at, outlet, self.people, self.owner_index[rows], channel="own_shop"
        )
        active = np.flatnonzero(self.day < today.number)
        if active.size:
            self.phones.select(active).add_everyday_traffic(today, facts)


class BusyShopScenario(Scenario):
    """One shop per 10,000 residents."""

    name = "busy_shop"
    title = Words("开学季营业厅", "a busy shop")
    tells = Words(
        "营业厅一天为许多学生正常开卡，之后正常使用",
        "a shop opens many cards in a day, each to another student who uses it",
    )
    role = SimulatedRole.LOOK_ALIKE
    parameters = {"cards_a_day": 30}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate the cards of each shop and day."""
        shops = context.scale_count(10_000)
        days = context.settings.days
        a_day = context.parameters.integer("cards_a_day")
        count = shops * days * a_day
        phones, outlets = Phones.create(context, count), context.directory.names("OUTLET", shops)
        day, shop = np.repeat(np.arange(days), shops * a_day), np.tile(np.repeat(np.arange(shops), a_day), days)
        owner_index = np.cumsum(context.rng.random(count) >= SECOND_CARD_SHARE).astype(np.int64)
        shops_state = _BusyShops(
            context, phones, outlets, shop, day, context.directory.people(int(owner_index[-1]) + 1), owner_index
        )
        opened_ms = context.settings.start_ms + day * DAY_MS
        cards = phones.build_truths(self.role, opened_ms, context.settings.end_ms)
        return ScenarioPlan((context.build_permanent_truth("outlet", outlets, self.role), *cards), shops_state.emit)


SCENARIO = BusyShopScenario()
