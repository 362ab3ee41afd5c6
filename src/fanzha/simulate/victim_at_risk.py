"""Fraud: a victim receives repeated long calls from abroad, then calls the bank and receives its codes."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._calls import add_honest_traffic, call_from_abroad, call_from_residents
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import BANKS, draw_foreign_numbers
from fanzha.simulate._parameters import Limit
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import DAY_MS, HOUR_MS, MINUTE_MS
from fanzha.simulate._truth import SimulatedRole, Truth

PAUSE_MS = 4 * MINUTE_MS
CODES = 4
CODE_TEXTS = tuple(f"【虚构银行】验证码 {code:06d}，用于转账，请勿告诉他人" for code in range(0, 1_000_000, 9_973))


@dataclass(frozen=True)
class _VictimGang:
    context: ScenarioContext
    trunks: tuple[str, ...]
    victims: IntArray
    day: IntArray
    at: IntArray  # time of the first call, UTC ms
    bank_at: IntArray

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        rows = np.flatnonzero(self.day == today.number)
        if not rows.size:
            return
        self._add_fraud_calls(today, facts, rows)
        self._add_bank_calls(today, facts, rows)
        if self.context.parameters.hides:
            add_honest_traffic(today, facts, self.context.residents, self.trunks, 40 * rows.size)

    def _add_fraud_calls(self, today: SimulatedDay, facts: Facts, rows: IntArray) -> None:
        parameters, rng = self.context.parameters, today.rng
        calls_per_victim = parameters.integer("calls")
        victim_index, call_index = np.repeat(rows, calls_per_victim), np.tile(np.arange(calls_per_victim), rows.size)
        talk, count = round(parameters["talk_minutes"] * MINUTE_MS), victim_index.size
        foreign_callers = draw_foreign_numbers(rng, count)
        call_from_abroad(
            facts,
            self.at[victim_index] + call_index * (talk + PAUSE_MS),
            foreign_callers
            if parameters.identity_count > 1
            else np.repeat(foreign_callers[:: max(1, calls_per_victim)], calls_per_victim)[:count],
            self.context.residents.lines[self.victims[victim_index]],
            Categorical(self.trunks, victim_index % len(self.trunks)),
            answered=np.ones(count, bool),
            ring_ms=habits.draw_ring_ms(rng, count),
            talk_ms=talk - rng.integers(1, 30_000, count),
        )

    def _add_bank_calls(self, today: SimulatedDay, facts: Facts, rows: IntArray) -> None:
        """Add the call of each victim to the bank, and the texts with its codes."""
        rng, residents, victim_index = today.rng, self.context.residents, self.victims[rows]
        lines, bank = residents.lines[victim_index], BANKS[victim_index % BANKS.size]
        answered = np.ones(rows.size, bool)
        call_from_residents(
            rng, facts, residents, self.bank_at[rows], victim_index, bank, answered=answered, talk_seconds=200
        )
        sent_at = np.repeat(self.bank_at[rows], CODES) + np.tile(np.arange(1, CODES + 1) * 3 * MINUTE_MS, rows.size)
        text = Categorical(CODE_TEXTS, rng.integers(0, len(CODE_TEXTS), sent_at.size))
        facts.add(
            "message", sent_at, text=text, channel="port_sms", sender="1069000095588", recipient=np.repeat(lines, CODES)
        )


class VictimAtRiskScenario(Scenario):
    """A few victims a day. The damage is done when the last code arrives."""

    name = "victim_at_risk"
    title = Words("正在被骗的人", "victim being worked on")
    tells = Words(
        "与陌生境外号码反复长谈，随后致电银行并收到验证码",
        "long, repeated calls with a fresh foreign number, then the bank's hotline and its codes",
    )
    role = SimulatedRole.FRAUD
    parameters = {"victims_a_day": 3, "talk_minutes": 40, "calls": 4}
    limits = {"talk_minutes": Limit(20), "calls": Limit(3)}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Choose the victims of every day. The calls start between 9 and 14 o'clock."""
        parameters, rng, days = context.parameters, context.rng, context.settings.days
        count = parameters.integer("victims_a_day") * days
        victims, day = context.choose_residents(count), np.repeat(np.arange(days), count // days)
        at = context.settings.start_ms + day * DAY_MS + rng.integers(9 * HOUR_MS, 14 * HOUR_MS, count)
        bank_at = at + parameters.integer("calls") * (round(parameters["talk_minutes"] * MINUTE_MS) + PAUSE_MS)
        trunks = context.directory.names("IGW", parameters.identity_count)
        truths = (
            Truth("trunk", trunks, SimulatedRole.FRAUD, int(at.min()), context.settings.end_ms),
            Truth(
                "phone_number",
                context.residents.lines[victims],
                SimulatedRole.VICTIM,
                at,
                bank_at + CODES * 3 * MINUTE_MS,
            ),
        )
        return ScenarioPlan(truths, _VictimGang(context, trunks, victims, day, at, bank_at).emit)


SCENARIO = VictimAtRiskScenario()
