"""Ordinary traffic: subscribers attach at home and use data at work. A few change their device."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import build_imeis
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._truth import SimulatedRole, Truth

NEW_PHONE_SHARE = 0.001  # share of subscribers who change their device, per day


@dataclass(frozen=True)
class _NetworkRecords:
    context: ScenarioContext
    subscribers: IntArray
    change_day: IntArray  # day from which each subscriber uses another device

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        rng, residents = today.rng, self.context.residents
        for cells, hours, service in (
            (residents.home, habits.RESIDENT, "attach"),
            (residents.work, habits.OFFICE, "data"),
        ):
            device = residents.devices[self.subscribers]
            is_replaced = self.change_day <= today.number
            device[is_replaced] = build_imeis(10_000_000, self.subscribers.size)[is_replaced]
            facts.add(
                "sim_use",
                today.draw_moments(self.subscribers.size, hours),
                sim_card=residents.cards[self.subscribers],
                device=device,
                number=residents.lines[self.subscribers],
                cell=residents.build_cell_column(cells[self.subscribers]),
                service=service,
                data_kb=rng.lognormal(11, 1, self.subscribers.size) if service == "data" else None,
            )


class PhonesSeenScenario(Scenario):
    """Two `sim_use` facts a day for each of our own subscribers."""

    name = "phones_seen"
    title = Words("终端附着与上网", "phones seen by the network")
    tells = Words(
        "本网用户每天在家附着、在单位上网，偶尔换机",
        "our subscribers attach at home and use data at work; some change phones",
    )
    role = SimulatedRole.ORDINARY

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Draw the day on which each subscriber changes the device. `everyday_life` adds the truth of the numbers."""
        subscribers = np.flatnonzero(context.residents.own_network)
        change_day = context.rng.geometric(NEW_PHONE_SHARE, subscribers.size)
        cards, phones = context.residents.cards[subscribers], context.residents.devices[subscribers]
        lines, span = context.residents.lines[subscribers], (context.settings.start_ms, context.settings.end_ms)
        truths = (
            Truth("sim_card", cards, self.role, *span, lines),
            Truth("device", phones, self.role, *span, lines),
        )
        return ScenarioPlan(truths, _NetworkRecords(context, subscribers, change_day).emit)


SCENARIO = PhonesSeenScenario()
