"""Ordinary traffic: our test calls over legitimate routes arrive unchanged through the international gateway."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._calls import call_from_abroad
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import draw_foreign_numbers
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._truth import SimulatedRole

ROUTES = 5
LOST_SHARE = 0.05  # share of test calls that are lost for harmless reasons


@dataclass(frozen=True)
class _CleanProbes:
    context: ScenarioContext
    routes: tuple[str, ...]
    trunks: tuple[str, ...]
    test_lines: IntArray

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        rng, count = today.rng, ROUTES * self.context.parameters.integer("probes_a_day")
        route = np.arange(count) % ROUTES
        at = today.draw_moments(count, habits.OFFICE)
        sent_caller = draw_foreign_numbers(today.rng, count)
        arrived = rng.random(count) >= LOST_SHARE
        trunk = Categorical((None, *self.trunks), np.where(arrived, 1 + route, 0))
        ring = habits.draw_ring_ms(rng, count)
        test_line = self.test_lines[route]
        facts.add(
            "test_call",
            at,
            probe_id=Categorical(
                [f"{self.routes[route_index]}-{today.number}-{n}" for n, route_index in enumerate(route)],
                np.arange(count),
            ),
            route=Categorical(self.routes, route),
            sent_caller=sent_caller,
            callee=test_line,
            received_caller=np.where(arrived, sent_caller, 0),
            received_trunk=trunk,
            received_ingress=Categorical((None, "international_gateway"), arrived.astype(np.int64)),
            arrived=arrived,
            ring_ms=ring,
        )
        talk = np.full(count, 3_000)
        call_from_abroad(
            facts, at[arrived], sent_caller[arrived], test_line[arrived], trunk.filter(arrived),
            answered=arrived[arrived], ring_ms=ring[arrived], talk_ms=talk[arrived],
        )  # fmt: skip


class CleanProbesScenario(Scenario):
    """A few test calls a day over five routes."""

    name = "clean_probes"
    title = Words("正常测试呼叫", "clean test calls")
    tells = Words(
        "经正常路由的测试呼叫从国际关口局原样到达", "test calls over honest routes arrive as sent, through the gateway"
    )
    role = SimulatedRole.ORDINARY
    parameters = {"probes_a_day": 6}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate a trunk and a test line for each route."""
        directory = context.directory
        probes = _CleanProbes(
            context, directory.names("WS", ROUTES), directory.names("IGW", ROUTES), directory.mobiles(ROUTES)
        )
        return ScenarioPlan((context.build_permanent_truth("trunk", probes.trunks, self.role),), probes.emit)


SCENARIO = CleanProbesScenario()
