"""Fraud: a card is opened, stays silent for days, and then calls many strangers."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._habits import draw_moments
from fanzha.simulate._parameters import Limit
from fanzha.simulate._phones import Phones, rotate_group
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import DAY_MS, HOUR_MS
from fanzha.simulate._truth import SimulatedRole


@dataclass(frozen=True)
class _DormantCards:
    context: ScenarioContext
    phones: Phones
    wake_day: int  # day of the first call
    opened_at: IntArray
    outlets: tuple[str, ...]
    people: tuple[str, ...]
    offsets: IntArray  # ms of the day of each call, the same every day; cards x calls

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        parameters, rng, count = self.context.parameters, today.rng, len(self.phones)
        if today.number == 0:
            outlet = Categorical(self.outlets, np.arange(count) % len(self.outlets))
            self.phones.register_cards(facts, self.opened_at, outlet, self.people, np.arange(count))
        if today.number < self.wake_day:
            return
        active = rotate_group(count, parameters.identity_count, today.number)
        caller_index = np.repeat(active, self.offsets.shape[1])
        at = today.start + self.offsets[active].ravel()
        callee = self.context.residents.draw_numbers(rng, caller_index.size)
        self.phones.record_sim_use(facts, np.full(active.size, today.start + 8 * HOUR_MS), active)
        self.phones.dial(today, facts, at, caller_index, callee, answer_share=0.4, talk_seconds=35)
        if parameters.hides:
            self.phones.add_everyday_traffic(today, facts)


class NewCardBurstScenario(Scenario):
    """Different people open the cards on the first day at several outlets."""

    name = "new_card_burst"
    title = Words("新卡先静默后突发", "new card: silent, then a burst")
    tells = Words("开卡后静默，数日后突然大量呼出", "opened, silent for days, then a crowd of strangers called")
    role = SimulatedRole.FRAUD
    parameters = {"cards": 4, "silent_days": 3, "callees_a_day": 90}
    limits = {"callees_a_day": Limit(50)}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Schedule the first calls after the silent days, at the latest on the last day."""
        count, directory = context.parameters.integer("cards") * context.parameters.identity_count, context.directory
        wake_day = min(context.parameters.integer("silent_days"), context.settings.days - 1)
        phones = Phones.create(context, count)
        opened_at = context.settings.start_ms + context.rng.integers(9 * HOUR_MS, 19 * HOUR_MS, count)
        offsets = draw_moments(
            context.rng, count * context.parameters.integer("callees_a_day"), 0, habits.OFFICE
        ).reshape(count, -1)
        cards = _DormantCards(
            context, phones, wake_day, opened_at, directory.names("OUTLET", 3), directory.people(count), offsets
        )
        identity_count = context.parameters.identity_count
        group = np.arange(count) * identity_count // count
        first_day = wake_day + (group - wake_day) % identity_count  # first active day of each card
        is_used = first_day < context.settings.days
        fraud_starts = context.settings.start_ms + first_day[is_used] * DAY_MS + 8 * HOUR_MS
        return ScenarioPlan(
            phones.select(is_used).build_truths(SimulatedRole.FRAUD, fraud_starts, context.settings.end_ms), cards.emit
        )


SCENARIO = NewCardBurstScenario()
