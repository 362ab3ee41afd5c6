"""Fraud: calls from abroad claim numbers of home: the police, a bank, a mobile that is not abroad (Art. 13)."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._abroad import call_in, chatter
from fanzha.simulate._draw import some
from fanzha.simulate._facts import Facts
from fanzha.simulate._force import Limit
from fanzha.simulate._pace import shift
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._truth import Role, Truth

HOURS = (9, 10, 11, 14, 15, 16)
#: 110, 95588 and their disguises with a country code, and a 400 number.
PROTECTED = np.array([-110, -95588, 86110, 8695588, 8610110, 864000000000], np.int64)


@dataclass(frozen=True)
class _Gang:
    scene: Scene
    first: int
    trunks: tuple[str, ...]

    def emit(self, today: Today, facts: Facts) -> None:
        force, draw, people = self.scene.force, today.draw, self.scene.residents
        if today.number < self.first:
            return
        work = shift(draw, today.start, today.number, HOURS, 1, force.whole("calls_per_hour"))
        many = work.at.size
        claimed = some(draw, PROTECTED, many)
        mobile = draw.random(many) >= force["protected_share"]
        claimed[mobile] = people.strangers(draw, int(mobile.sum()))
        call_in(
            facts,
            work.at,
            claimed,
            people.strangers(draw, many),
            Pick(self.trunks, work.turn(len(self.trunks))),
            answered=habits.answered(draw, many, 0.5),
            ring_ms=habits.ring_ms(draw, many),
            talk_ms=habits.talk_ms(draw, many, 200),
            roaming="unproven",
        )
        if force.hides:
            chatter(today, facts, people, self.trunks, 10 * many)


class SpoofedCaller(Scenario):
    """A blunt attacker claims protected numbers; a wiser one only mobiles, of which some do roam."""

    name = "spoofed_caller"
    title = Words("境外改号来电", "spoofed caller from abroad")
    tells = Words(
        "境外来话冒充境内号码：公检法、银行、未漫游的手机",
        "calls from abroad claim home numbers: police, banks, mobiles that do not roam",
    )
    role = Role.FRAUD
    strengths = {"calls_per_hour": 40, "protected_share": 0.8}
    limits = {"protected_share": Limit(0.02)}

    def plan(self, scene: Scene) -> Plan:
        """Begin on one of the first days."""
        first = int(scene.draw.integers(0, max(1, scene.settings.days // 2)))
        trunks = scene.directory.names("IGW", scene.force.turns)
        truth = Truth("trunk", trunks, Role.FRAUD, scene.day(first, HOURS[0]), scene.settings.end_ms)
        return Plan((truth,), _Gang(scene, first, trunks).emit)


SCENARIO = SpoofedCaller()
