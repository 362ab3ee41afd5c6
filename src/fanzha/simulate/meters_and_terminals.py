"""Innocent look-alike: meters and payment terminals. Many IoT cards share a cell and only send a little data."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._facts import Facts
from fanzha.simulate._phones import Phones
from fanzha.simulate._random import BoolArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._truth import SimulatedRole

BUILDING = 25  # cards per building, all in one cell
TERMINAL_SHARE = 0.2  # share of payment terminals, which move between nearby cells
REPORTS_A_DAY = 6


@dataclass(frozen=True)
class _Meters:
    context: ScenarioContext
    meters: Phones
    is_terminal: BoolArray

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        meter_index = np.repeat(np.arange(len(self.meters)), REPORTS_A_DAY)
        cell_offset = np.where(self.is_terminal[meter_index], today.rng.integers(0, 3, meter_index.size), 0)
        cells = (self.meters.cells[meter_index] + cell_offset) % self.context.residents.cells
        data_kb = today.rng.gamma(2.0, 6.0, meter_index.size)
        at = today.draw_moments(meter_index.size, habits.ALWAYS)
        self.meters.record_sim_use(facts, at, meter_index, service="data", data_kb=data_kb, cells=cells)


class MetersAndTerminalsScenario(Scenario):
    """One card per 15 residents."""

    name = "meters_and_terminals"
    title = Words("电表与刷卡机", "meters and payment terminals")
    tells = Words(
        "物联网卡只走少量数据，同楼多卡，不打电话", "IoT cards with a little data, many in one building, no calls"
    )
    role = SimulatedRole.LOOK_ALIKE

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate the cards and assign them to buildings."""
        count, directory = context.scale_count(15), context.directory
        cells = context.rng.integers(0, context.residents.cells, -(-count // BUILDING))
        meters = Phones(
            context.residents,
            directory.iot(count),
            directory.sim_cards(count),
            directory.devices(count, kind=3),
            np.repeat(cells, BUILDING)[:count],
        )
        truths = meters.build_truths(self.role, context.settings.start_ms, context.settings.end_ms)
        return ScenarioPlan(truths, _Meters(context, meters, context.rng.random(count) < TERMINAL_SHARE).emit)


SCENARIO = MetersAndTerminalsScenario()
