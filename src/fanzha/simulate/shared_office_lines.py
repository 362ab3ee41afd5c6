"""Look-alike: offices where many people share one number behind a switchboard (PBX) and call customers all day."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._lines import dial_out
from fanzha.simulate._neighbours import call_from
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._truth import Role

TAKEN = 0.7  # calls taken for each made
CUSTOMERS = 150  # of an office; called again and again


@dataclass(frozen=True)
class _Offices:
    scene: Scene
    lines: Whole
    trunks: tuple[str, ...]
    customers: Whole  # offices x CUSTOMERS, by place

    def emit(self, today: Today, facts: Facts) -> None:
        if today.weekend:
            return
        draw, people = today.draw, self.scene.residents
        who = habits.times_over(draw, self.scene.force["calls_a_day"], self.lines.size)
        at, callee = today.moments(who.size, habits.OFFICE), people.lines[self._customers(draw, who)]
        dial_out(today, facts, at, self.lines[who], callee, Pick(self.trunks, who))
        whom = habits.times_over(draw, self.scene.force["calls_a_day"] * TAKEN, self.lines.size)
        at, customer = today.moments(whom.size, habits.OFFICE), self._customers(draw, whom)
        answered = habits.answered(draw, whom.size, 0.9)
        call_from(draw, facts, people, at, customer, self.lines[whom], answered=answered)

    def _customers(self, draw: np.random.Generator, who: Whole) -> Whole:
        return self.customers[who, draw.integers(0, CUSTOMERS, who.size)]


class SharedOfficeLines(Scenario):
    """One office on 500 residents."""

    name = "shared_office_lines"
    title = Words("办公总机", "shared office lines")
    tells = Words(
        "多人共用一个总机号码，整日与固定客户通话", "many people share one switchboard number and call known customers"
    )
    role = Role.LOOK_ALIKE
    strengths = {"calls_a_day": 70}

    def plan(self, scene: Scene) -> Plan:
        """Give each office a line, a trunk and its customers."""
        count = scene.each(500)
        lines, trunks = scene.directory.fixed(count), scene.directory.names("LINE", count)
        customers = scene.draw.integers(0, len(scene.residents), (count, CUSTOMERS))
        truths = (scene.whole("phone_number", lines, self.role), scene.whole("trunk", trunks, self.role))
        return Plan(truths, _Offices(scene, lines, trunks, customers).emit)


SCENARIO = SharedOfficeLines()
