"""Fraud: somebody is talked to for hours from abroad, again and again, then calls the bank and receives its codes."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._abroad import call_in, chatter
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._force import Limit
from fanzha.simulate._neighbours import call_from
from fanzha.simulate._numbers import BANKS, foreign
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._settings import DAY_MS, HOUR_MS, MINUTE_MS
from fanzha.simulate._truth import Role, Truth

PAUSE_MS = 4 * MINUTE_MS
CODES = 4
CODE_TEXTS = tuple(f"【虚构银行】验证码 {code:06d}，用于转账，请勿告诉他人" for code in range(0, 1_000_000, 9_973))


@dataclass(frozen=True)
class _Gang:
    scene: Scene
    trunks: tuple[str, ...]
    victims: Whole
    day: Whole
    at: Whole  # the first call
    bank_at: Whole

    def emit(self, today: Today, facts: Facts) -> None:
        rows = np.flatnonzero(self.day == today.number)
        if not rows.size:
            return
        self._talk(today, facts, rows)
        self._pay(today, facts, rows)
        if self.scene.force.hides:
            chatter(today, facts, self.scene.residents, self.trunks, 40 * rows.size)

    def _talk(self, today: Today, facts: Facts, rows: Whole) -> None:
        force, draw = self.scene.force, today.draw
        times = force.whole("calls")
        who, place = np.repeat(rows, times), np.tile(np.arange(times), rows.size)
        talk, many = round(force["talk_minutes"] * MINUTE_MS), who.size
        fresh = foreign(draw, many)
        call_in(
            facts,
            self.at[who] + place * (talk + PAUSE_MS),
            fresh if force.turns > 1 else np.repeat(fresh[:: max(1, times)], times)[:many],
            self.scene.residents.lines[self.victims[who]],
            Pick(self.trunks, who % len(self.trunks)),
            answered=np.ones(many, bool),
            ring_ms=habits.ring_ms(draw, many),
            talk_ms=talk - draw.integers(1, 30_000, many),
        )

    def _pay(self, today: Today, facts: Facts, rows: Whole) -> None:
        """The victim calls the bank, and its codes arrive."""
        draw, people, who = today.draw, self.scene.residents, self.victims[rows]
        lines, bank = people.lines[who], BANKS[who % BANKS.size]
        answered = np.ones(rows.size, bool)
        call_from(draw, facts, people, self.bank_at[rows], who, bank, answered=answered, talk_seconds=200)
        sent = np.repeat(self.bank_at[rows], CODES) + np.tile(np.arange(1, CODES + 1) * 3 * MINUTE_MS, rows.size)
        text = Pick(CODE_TEXTS, draw.integers(0, len(CODE_TEXTS), sent.size))
        facts.add(
            "message", sent, text=text, channel="port_sms", sender="1069000095588", recipient=np.repeat(lines, CODES)
        )


class VictimAtRisk(Scenario):
    """A few victims a day; the harm is done with the last code."""

    name = "victim_at_risk"
    title = Words("正在被骗的人", "victim being worked on")
    tells = Words(
        "与陌生境外号码反复长谈，随后致电银行并收到验证码",
        "long, repeated calls with a fresh foreign number, then the bank's hotline and its codes",
    )
    role = Role.FRAUD
    strengths = {"victims_a_day": 3, "talk_minutes": 40, "calls": 4}
    limits = {"talk_minutes": Limit(20), "calls": Limit(3)}

    def plan(self, scene: Scene) -> Plan:
        """Pick every day's victims; calls begin in the morning."""
        force, draw, days = scene.force, scene.draw, scene.settings.days
        count = force.whole("victims_a_day") * days
        victims, day = scene.chosen(count), np.repeat(np.arange(days), count // days)
        at = scene.settings.start_ms + day * DAY_MS + draw.integers(9 * HOUR_MS, 14 * HOUR_MS, count)
        bank_at = at + force.whole("calls") * (round(force["talk_minutes"] * MINUTE_MS) + PAUSE_MS)
        trunks = scene.directory.names("IGW", force.turns)
        truths = (
            Truth("trunk", trunks, Role.FRAUD, int(at.min()), scene.settings.end_ms),
            Truth("phone_number", scene.residents.lines[victims], Role.VICTIM, at, bank_at + CODES * 3 * MINUTE_MS),
        )
        return Plan(truths, _Gang(scene, trunks, victims, day, at, bank_at).emit)


SCENARIO = VictimAtRisk()
