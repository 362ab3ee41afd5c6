"""Look-alike: lines of an office are forwarded to one secretary while people are out, and back in the evening."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._phones import Phones
from fanzha.simulate._render import Pick, Value
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._settings import HOUR_MS
from fanzha.simulate._truth import Role

LINES = 5
CONDITIONS = ("no_answer", "busy", "unconditional")


@dataclass(frozen=True)
class _Offices:
    scene: Scene
    phones: Phones  # of the secretaries
    lines: Whole  # offices x LINES, by place

    def emit(self, today: Today, facts: Facts) -> None:
        self.phones.live(today, facts, 6.0)
        if today.weekend:
            return
        draw = today.draw
        away = draw.random(self.lines.shape) < self.scene.force["away_share"]
        office, place = np.nonzero(away)
        number = self.scene.residents.lines[self.lines[office, place]]
        condition = Pick(CONDITIONS, draw.choice(3, office.size, p=(0.5, 0.3, 0.2)))
        how = Pick(("mmi", "app"), draw.integers(0, 2, office.size))
        plain: dict[str, Value] = {
            "number": number,
            "target": self.phones.lines[office],
            "condition": condition,
            "how": how,
        }
        morning = today.start + 8 * HOUR_MS + draw.integers(0, 2 * HOUR_MS, office.size)
        evening = today.start + 17 * HOUR_MS + draw.integers(0, 2 * HOUR_MS, office.size)
        facts.add("forwarding", morning, **plain, action="set")
        facts.add("forwarding", evening, **plain, action="cleared")


class Secretaries(Scenario):
    """One office on 500 residents."""

    name = "secretaries"
    title = Words("秘书代接", "secretaries")
    tells = Words(
        "办公室多部电话白天转移到秘书，傍晚取消",
        "lines of an office are forwarded to a secretary by day, and back in the evening",
    )
    role = Role.LOOK_ALIKE
    strengths = {"away_share": 0.6}

    def plan(self, scene: Scene) -> Plan:
        """Take the lines of each office from the residents; the secretary and they are innocent."""
        count = scene.each(500)
        phones = Phones.bought(scene, count)
        lines = scene.draw.integers(0, len(scene.residents), (count, LINES))
        span = scene.settings.start_ms, scene.settings.end_ms
        return Plan(phones.truths(self.role, *span), _Offices(scene, phones, lines).emit)


SCENARIO = Secretaries()
