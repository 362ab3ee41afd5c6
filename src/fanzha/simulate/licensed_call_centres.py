"""Look-alike: licensed call centres call customers by the hundred an hour from their own 95, 400 and fixed numbers."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._lines import dial_out
from fanzha.simulate._pace import shift
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._truth import Role

HOURS = (9, 10, 11, 14, 15, 16, 17)


@dataclass(frozen=True)
class _Centres:
    scene: Scene
    lines: Whole
    trunks: tuple[str, ...]

    def emit(self, today: Today, facts: Facts) -> None:
        if today.weekend:
            return
        per_hour = self.scene.force.whole("calls_per_hour")
        work = shift(today.draw, today.start, today.number, HOURS, self.lines.size, per_hour)
        customers = self.scene.residents.strangers(today.draw, work.at.size)
        trunk, line = Pick(self.trunks, work.seat), self.lines[work.seat]
        dial_out(today, facts, work.at, line, customers, trunk, answer_share=0.4, talk_seconds=50)


class LicensedCallCentres(Scenario):
    """One centre on 6,000 residents, at least three: a 95, a 400 and a fixed number."""

    name = "licensed_call_centres"
    title = Words("持证呼叫中心", "licensed call centres")
    tells = Words(
        "持证呼叫中心以 95、400、固话号码经专线大量外呼",
        "licensed centres call out in bulk from 95, 400 and fixed numbers",
    )
    role = Role.LOOK_ALIKE
    strengths = {"calls_per_hour": 120}

    def plan(self, scene: Scene) -> Plan:
        """Give each centre a number and a trunk."""
        each, given = scene.each(18_000), scene.directory
        lines = np.r_[given.centres(each), given.hotlines(each), given.fixed(each)]
        trunks = given.names("LINE", lines.size)
        truths = (scene.whole("phone_number", lines, self.role), scene.whole("trunk", trunks, self.role))
        return Plan(truths, _Centres(scene, lines, trunks).emit)


SCENARIO = LicensedCallCentres()
