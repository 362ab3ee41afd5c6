"""Look-alike: meters and payment terminals that behave: many IoT cards in one cell, a little data, nothing else."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._draw import Mask
from fanzha.simulate._facts import Facts
from fanzha.simulate._phones import Phones
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._truth import Role

BUILDING = 25  # meters in one cell
TERMINAL_SHARE = 0.2  # payment terminals, which are carried about within a quarter
REPORTS_A_DAY = 6


@dataclass(frozen=True)
class _Meters:
    scene: Scene
    meters: Phones
    carried: Mask

    def emit(self, today: Today, facts: Facts) -> None:
        who = np.repeat(np.arange(len(self.meters)), REPORTS_A_DAY)
        moved = np.where(self.carried[who], today.draw.integers(0, 3, who.size), 0)
        cells = (self.meters.cells[who] + moved) % self.scene.residents.cells
        load = today.draw.gamma(2.0, 6.0, who.size)
        at = today.moments(who.size, habits.ALWAYS)
        self.meters.seen(facts, at, who, service="data", data_kb=load, cells=cells)


class MetersAndTerminals(Scenario):
    """One card on 15 residents."""

    name = "meters_and_terminals"
    title = Words("电表与刷卡机", "meters and payment terminals")
    tells = Words(
        "物联网卡只走少量数据，同楼多卡，不打电话", "IoT cards with a little data, many in one building, no calls"
    )
    role = Role.LOOK_ALIKE

    def plan(self, scene: Scene) -> Plan:
        """Put the meters into buildings."""
        count, given = scene.each(15), scene.directory
        cells = scene.draw.integers(0, scene.residents.cells, -(-count // BUILDING))
        meters = Phones(
            scene.residents,
            given.iot(count),
            given.sim_cards(count),
            given.devices(count, kind=3),
            np.repeat(cells, BUILDING)[:count],
        )
        truths = meters.truths(self.role, scene.settings.start_ms, scene.settings.end_ms)
        return Plan(truths, _Meters(scene, meters, scene.draw.random(count) < TERMINAL_SHARE).emit)


SCENARIO = MetersAndTerminals()
