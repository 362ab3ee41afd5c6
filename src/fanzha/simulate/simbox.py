"""Fraud: a SIM box turns calls from abroad into local ones: many cards in few devices, one cell, outgoing only."""

from dataclasses import dataclass, replace

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._draw import Whole, some
from fanzha.simulate._facts import Facts
from fanzha.simulate._force import Limit
from fanzha.simulate._numbers import foreign
from fanzha.simulate._phones import Phones
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._settings import HOUR_MS, MINUTE_MS
from fanzha.simulate._truth import Role

PROBES_A_DAY = 6
PEOPLE = 8  # in whose names the cards are


@dataclass(frozen=True)
class _Box:
    scene: Scene
    phones: Phones
    outlet: str
    people: tuple[str, ...]
    route: str
    test_line: Whole
    gateway: str

    def emit(self, today: Today, facts: Facts) -> None:
        force, draw, count = self.scene.force, today.draw, len(self.phones)
        if today.number == 0:
            opened = today.start + 10 * HOUR_MS + np.sort(draw.integers(0, 100 * MINUTE_MS, count))
            self.phones.open(facts, opened, self.outlet, self.people, np.arange(count) % PEOPLE)
            return
        placed = self._placed(today.number)
        switched_on = today.start + 8 * HOUR_MS + draw.integers(0, MINUTE_MS, count)
        placed.seen(facts, switched_on, np.arange(count))
        who = habits.times_over(draw, force["calls_a_day"], count)
        callee = self.scene.residents.strangers(draw, who.size)
        placed.dial(today, facts, today.moments(who.size, habits.RESIDENT), who, callee, talk_seconds=120)
        if force.hides:
            placed.live(today, facts)
        self._probed(today, facts, placed)

    def _placed(self, number: int) -> Phones:
        """Return the cards in their devices and cells: from level 2 they change every day."""
        force, place = self.scene.force, np.arange(len(self.phones))
        moved = number if force.turns > 1 else 0
        turned = (place + moved * 5) % place.size
        cells = (self.phones.cells[0] + turned // force.whole("cards_per_cell") + moved) % self.scene.residents.cells
        return replace(self.phones, devices=self.phones.devices[turned], cells=cells)

    def _probed(self, today: Today, facts: Facts, placed: Phones) -> None:
        """Our test calls over the route come back as calls of the cards, or, from level 3, as they should."""
        draw, clean = today.draw, self.scene.force.hides
        at, sent = today.moments(PROBES_A_DAY, habits.OFFICE), foreign(draw, PROBES_A_DAY)
        who = some(draw, np.arange(len(self.phones)), PROBES_A_DAY)
        line = np.repeat(self.test_line, PROBES_A_DAY)
        facts.add(
            "test_call",
            at,
            probe_id=Pick([f"{self.route}-{today.number}-{n}" for n in range(PROBES_A_DAY)], np.arange(PROBES_A_DAY)),
            route=self.route,
            sent_caller=sent,
            callee=line,
            received_caller=sent if clean else self.phones.lines[who],
            received_trunk=self.gateway if clean else None,
            received_ingress="international_gateway" if clean else "mobile",
            arrived=True,
            ring_ms=habits.ring_ms(draw, PROBES_A_DAY),
        )
        if not clean:
            placed.dial(today, facts, at, who, line)


class Simbox(Scenario):
    """Cards opened on the first day at one outlet, at work from the second."""

    name = "simbox"
    title = Words("GOIP/SIM 盒", "SIM box (GOIP)")
    tells = Words(
        "多卡少机、同一小区、只呼出，测试呼叫变成本地手机号",
        "many cards in few devices at one cell, outgoing only; probes arrive from mobiles",
    )
    role = Role.FRAUD
    strengths = {"cards": 24, "cards_per_device": 8, "cards_per_cell": 24, "calls_a_day": 40}
    limits = {"cards_per_device": Limit(4), "cards_per_cell": Limit(8), "calls_a_day": Limit(100)}

    def plan(self, scene: Scene) -> Plan:
        """Take as many devices as the cards need."""
        cards, given = scene.force.whole("cards"), scene.directory
        box_of = np.arange(cards) // scene.force.whole("cards_per_device")
        phones = Phones.bought(scene, cards, devices=given.devices(int(box_of[-1]) + 1, kind=2)[box_of])
        box = _Box(
            scene,
            phones,
            given.name("OUTLET"),
            given.people(PEOPLE),
            given.name("WS"),
            given.mobiles(1),
            given.name("IGW"),
        )
        return Plan(phones.truths(Role.FRAUD, scene.day(0, 10), scene.settings.end_ms), box.emit)


SCENARIO = Simbox()
