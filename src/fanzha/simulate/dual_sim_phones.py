"""Innocent look-alike: dual-SIM phones, where one person uses two numbers in one device at one cell."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate._facts import Facts
from fanzha.simulate._phones import Phones
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._truth import SimulatedRole


@dataclass(frozen=True)
class _DualSimOwners:
    phones: Phones

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        self.phones.add_everyday_traffic(today, facts, 2.5)


class DualSimPhonesScenario(Scenario):
    """One dual-SIM phone per 25 residents."""

    name = "dual_sim_phones"
    title = Words("双卡手机", "dual-SIM phones")
    tells = Words("一部手机两张卡，同一小区，都正常使用", "two cards in one phone at one cell, both used normally")
    role = SimulatedRole.LOOK_ALIKE

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate two cards per device."""
        count = context.scale_count(25)
        phones = Phones.create(context, 2 * count, devices=np.repeat(context.directory.devices(count), 2))
        co_located = Phones(
            context.residents, phones.lines, phones.cards, phones.devices, np.repeat(phones.cells[::2], 2)
        )
        truths = co_located.build_truths(self.role, context.settings.start_ms, context.settings.end_ms)
        return ScenarioPlan(truths, _DualSimOwners(co_located).emit)


SCENARIO = DualSimPhonesScenario()
