"""Innocent look-alike: lines of an office are forwarded to one secretary in the morning and cleared in the evening."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate._columns import Categorical, Value
from fanzha.simulate._facts import Facts
from fanzha.simulate._phones import Phones
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import HOUR_MS
from fanzha.simulate._truth import SimulatedRole

LINES = 5
CONDITIONS = ("no_answer", "busy", "unconditional")


@dataclass(frozen=True)
class _SecretaryOffices:
    context: ScenarioContext
    phones: Phones  # of the secretaries
    lines: IntArray  # resident indices, offices x LINES

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        self.phones.add_everyday_traffic(today, facts, 6.0)
        if today.weekend:
            return
        rng = today.rng
        is_away = rng.random(self.lines.shape) < self.context.parameters["away_share"]
        office, line_index = np.nonzero(is_away)
        number = self.context.residents.lines[self.lines[office, line_index]]
        condition = Categorical(CONDITIONS, rng.choice(3, office.size, p=(0.5, 0.3, 0.2)))
        method = Categorical(("mmi", "app"), rng.integers(0, 2, office.size))
        columns: dict[str, Value] = {
            "number": number,
            "target": self.phones.lines[office],
            "condition": condition,
            "how": method,
        }
        morning = today.start + 8 * HOUR_MS + rng.integers(0, 2 * HOUR_MS, office.size)
        evening = today.start + 17 * HOUR_MS + rng.integers(0, 2 * HOUR_MS, office.size)
        facts.add("forwarding", morning, **columns, action="set")
        facts.add("forwarding", evening, **columns, action="cleared")


class SecretariesScenario(Scenario):
    """One office per 500 residents."""

    name = "secretaries"
    title = Words("秘书代接", "secretaries")
    tells = Words(
        "办公室多部电话白天转移到秘书，傍晚取消",
        "lines of an office are forwarded to a secretary by day, and back in the evening",
    )
    role = SimulatedRole.LOOK_ALIKE
    parameters = {"away_share": 0.6}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate a phone for each secretary and choose the office lines among the residents."""
        count = context.scale_count(500)
        phones = Phones.create(context, count)
        lines = context.rng.integers(0, len(context.residents), (count, LINES))
        span = context.settings.start_ms, context.settings.end_ms
        return ScenarioPlan(phones.build_truths(self.role, *span), _SecretaryOffices(context, phones, lines).emit)


SCENARIO = SecretariesScenario()
