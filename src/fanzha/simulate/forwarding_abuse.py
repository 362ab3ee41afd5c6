"""Fraud: calls of victims are sent on to the fraudster, so that the bank's call and code reach him (handbook §6.2)."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._force import Limit
from fanzha.simulate._numbers import BANKS, foreign
from fanzha.simulate._phones import Phones
from fanzha.simulate._render import Value
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._settings import DAY_MS, HOUR_MS, MINUTE_MS
from fanzha.simulate._truth import Role, Truth


@dataclass(frozen=True)
class _Gang:
    scene: Scene
    victims: Whole  # people, by place
    day: Whole  # on which each is had
    at: Whole  # when the calls are sent on
    targets: Whole  # to which number
    bank_at: Whole
    swapped_at: Whole  # when the victim's card was replaced; empty where it was not
    cards: Whole  # the new cards and their devices
    devices: Whole

    def emit(self, today: Today, facts: Facts) -> None:
        self._swap(today, facts)
        rows = np.flatnonzero(self.day == today.number)
        lines = self.scene.residents.lines[self.victims[rows]]
        plain: dict[str, Value] = {"number": lines, "target": self.targets[rows], "condition": "unconditional"}
        facts.add("forwarding", self.at[rows], **plain, action="set", how="mmi")
        facts.add("forwarding", self.bank_at[rows] + HOUR_MS, **plain, action="cleared", how="mmi")
        self._bank_calls(today, facts, rows, lines)

    def _swap(self, today: Today, facts: Facts) -> None:
        people = self.scene.residents
        rows = np.flatnonzero((self.swapped_at - today.start) // DAY_MS == 0)
        who = self.victims[rows]
        facts.add(
            "sim_use",
            self.swapped_at[rows],
            number=people.lines[who],
            sim_card=self.cards[rows],
            device=self.devices[rows],
            cell=people.at_cells(people.home[who]),
            service="attach",
        )

    def _bank_calls(self, today: Today, facts: Facts, rows: Whole, lines: Whole) -> None:
        """The bank asks its customer, and speaks to somebody else; its codes are read out."""
        draw, many, bank = today.draw, rows.size, BANKS[self.victims[rows] % BANKS.size]
        offer = {"caller": bank, "proven_caller": bank, "callee": self.targets[rows], "original_callee": lines}
        facts.calls(
            self.bank_at[rows],
            offer | {"diversion": lines, "ingress": "leased_line", "trunk": "BANK-SIM-LINE"},
            answered=np.ones(many, bool),
            ring_ms=habits.ring_ms(draw, many),
            talk_ms=habits.talk_ms(draw, many, 90),
        )


class ForwardingAbuse(Scenario):
    """Gangs take turns: many numbers to one, just before the bank calls, abroad after a SIM swap."""

    name = "forwarding_abuse"
    title = Words("呼叫转移滥用", "call-forwarding abuse")
    tells = Words(
        "多号转移到同一号码、银行来电前设置转移、换卡后转移到境外",
        "many numbers forwarded to one, just before a bank calls, or abroad after a SIM swap",
    )
    role = Role.FRAUD
    strengths = {"numbers_per_target": 10, "minutes_before_bank": 6, "hours_after_swap": 2}
    limits = {
        "numbers_per_target": Limit(3),
        "minutes_before_bank": Limit(30, at_least=False),
        "hours_after_swap": Limit(24, at_least=False),
    }

    def plan(self, scene: Scene) -> Plan:
        """Pick victims and one day for all of a target's."""
        force, draw, days = scene.force, scene.draw, scene.settings.days
        swapped, each = scene.gang % 3 == 2, force.whole("numbers_per_target") if scene.gang % 3 == 0 else 1
        targets = max(3, 10 // max(1, each)) if each > 1 else 4
        count = targets * each
        taken = foreign(draw, targets) if swapped else Phones.bought(scene, targets).lines
        victims, day = scene.chosen(count), np.repeat(draw.integers(days // 2, days, targets), each)
        at = scene.settings.start_ms + day * DAY_MS + draw.integers(9 * HOUR_MS, 17 * HOUR_MS, count)
        bank_at = at + round(force["minutes_before_bank"] * MINUTE_MS)
        before = np.maximum(at - round(force["hours_after_swap"] * HOUR_MS), scene.settings.start_ms)
        swapped_at, given = before if swapped else before[:0], scene.directory
        cards, devices = given.sim_cards(count), given.devices(count)
        gang = _Gang(scene, victims, day, at, np.repeat(taken, each), bank_at, swapped_at, cards, devices)
        truths = (
            Truth("phone_number", taken, Role.FRAUD, at.reshape(targets, each).min(axis=1), scene.settings.end_ms),
            Truth("phone_number", scene.residents.lines[victims], Role.VICTIM, at, bank_at + HOUR_MS),
        )
        return Plan(truths, gang.emit)


SCENARIO = ForwardingAbuse()
