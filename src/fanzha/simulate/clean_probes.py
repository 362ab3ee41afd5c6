"""Everyday life: our own test calls over honest routes arrive as they were sent, through the international gateway."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._abroad import call_in
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import foreign
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._truth import Role

ROUTES = 5
LOST_SHARE = 0.05  # probes that never arrive, for honest reasons


@dataclass(frozen=True)
class _Probes:
    scene: Scene
    routes: tuple[str, ...]
    trunks: tuple[str, ...]
    test_lines: Whole

    def emit(self, today: Today, facts: Facts) -> None:
        draw, many = today.draw, ROUTES * self.scene.force.whole("probes_a_day")
        route, at, sent = np.arange(many) % ROUTES, today.moments(many, habits.OFFICE), foreign(today.draw, many)
        arrived = draw.random(many) >= LOST_SHARE
        trunk, ring, line = (
            Pick((None, *self.trunks), np.where(arrived, 1 + route, 0)),
            habits.ring_ms(draw, many),
            self.test_lines[route],
        )
        facts.add(
            "test_call",
            at,
            probe_id=Pick([f"{self.routes[one]}-{today.number}-{n}" for n, one in enumerate(route)], np.arange(many)),
            route=Pick(self.routes, route),
            sent_caller=sent,
            callee=line,
            received_caller=np.where(arrived, sent, 0),
            received_trunk=trunk,
            received_ingress=Pick((None, "international_gateway"), arrived.astype(np.int64)),
            arrived=arrived,
            ring_ms=ring,
        )
        talk = np.full(many, 3_000)
        call_in(
            facts, at[arrived], sent[arrived], line[arrived], trunk.where(arrived),
            answered=arrived[arrived], ring_ms=ring[arrived], talk_ms=talk[arrived],
        )  # fmt: skip


class CleanProbes(Scenario):
    """A few a day over five routes."""

    name = "clean_probes"
    title = Words("正常测试呼叫", "clean test calls")
    tells = Words(
        "经正常路由的测试呼叫从国际关口局原样到达", "test calls over honest routes arrive as sent, through the gateway"
    )
    role = Role.ORDINARY
    strengths = {"probes_a_day": 6}

    def plan(self, scene: Scene) -> Plan:
        """Give every route a trunk and a test line."""
        given = scene.directory
        probes = _Probes(scene, given.names("WS", ROUTES), given.names("IGW", ROUTES), given.mobiles(ROUTES))
        return Plan((scene.whole("trunk", probes.trunks, self.role),), probes.emit)


SCENARIO = CleanProbes()
