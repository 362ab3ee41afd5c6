"""Fraud: an outlet opens many cards for a few straw persons. The cards then call banks from one cell."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import BANKS
from fanzha.simulate._parameters import Limit
from fanzha.simulate._phones import Phones
from fanzha.simulate._random import IntArray, sample_values
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import HOUR_MS, MINUTE_MS
from fanzha.simulate._truth import SimulatedRole, Truth

FIRST_HOUR = 20  # after opening hours


@dataclass(frozen=True)
class _CardBatch:
    context: ScenarioContext
    day: int
    phones: Phones
    opened_at: IntArray
    outlets: tuple[str, ...]
    people: tuple[str, ...]

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        parameters, rng, count = self.context.parameters, today.rng, len(self.phones)
        if today.number == self.day:
            owner_index = np.arange(count) // parameters.integer("cards_per_person")
            faces = rng.uniform(0.58, 0.72, count)
            outlet = Categorical(self.outlets, np.arange(count) % len(self.outlets))
            self.phones.register_cards(
                facts, self.opened_at, outlet, self.people, owner_index, id_read="ocr", face_score=faces
            )
        if today.number > self.day:
            all_phones = np.arange(count)
            self.phones.record_sim_use(
                facts, today.start + 9 * HOUR_MS + rng.integers(0, 20 * MINUTE_MS, count), all_phones
            )
            at = today.start + 10 * HOUR_MS + rng.integers(0, HOUR_MS, count)
            self.phones.dial(
                today, facts, at, all_phones, sample_values(rng, BANKS, count), answer_share=1.0, talk_seconds=70
            )
            if parameters.hides:
                self.phones.add_everyday_traffic(today, facts)


class CardsOpenedTogetherScenario(Scenario):
    """All cards are opened on one evening at one outlet, from level 2 at several outlets."""

    name = "cards_opened_together"
    title = Words("同网点批量开卡", "cards opened together at one outlet")
    tells = Words(
        "同一网点短时间为少数人批量开卡，随后集中拨打银行",
        "many cards opened for a few people at one outlet, then all call banks from one cell",
    )
    role = SimulatedRole.FRAUD
    parameters = {"cards": 20, "cards_per_person": 5, "cards_per_hour": 40}
    limits = {"cards_per_person": Limit(2), "cards_per_hour": Limit(10)}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Schedule the registrations on one evening of the first half, at the rate of the attacker."""
        parameters, directory = context.parameters, context.directory
        count, day = parameters.integer("cards"), int(context.rng.integers(0, max(1, context.settings.days // 2)))
        phones = Phones.create(context, count)
        co_located = Phones(
            context.residents, phones.lines, phones.cards, phones.devices, np.repeat(phones.cells[:1], count)
        )
        gap = HOUR_MS // parameters.integer("cards_per_hour") + 1
        opened_at = context.compute_moment(day, FIRST_HOUR) + np.arange(count) // parameters.identity_count * gap
        outlets = directory.names("OUTLET", parameters.identity_count)
        people = directory.people(-(-count // parameters.integer("cards_per_person")))
        card_batch = _CardBatch(context, day, co_located, opened_at, outlets, people)
        span = context.compute_moment(day, FIRST_HOUR), context.settings.end_ms
        return ScenarioPlan(
            (
                Truth("outlet", outlets, SimulatedRole.FRAUD, *span),
                *co_located.build_truths(SimulatedRole.FRAUD, *span),
            ),
            card_batch.emit,
        )


SCENARIO = CardsOpenedTogetherScenario()
