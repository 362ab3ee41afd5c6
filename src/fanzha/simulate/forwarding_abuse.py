"""Fraud: calls of victims are forwarded to the fraudster, who receives calls and codes of the bank."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._columns import Value
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import BANKS, draw_foreign_numbers
from fanzha.simulate._parameters import Limit
from fanzha.simulate._phones import Phones
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import DAY_MS, HOUR_MS, MINUTE_MS
from fanzha.simulate._truth import SimulatedRole, Truth


@dataclass(frozen=True)
class _ForwardingGang:
    context: ScenarioContext
    victims: IntArray  # resident indices
    day: IntArray  # day of the fraud on each victim
    at: IntArray  # when forwarding is set
    targets: IntArray  # forwarding target of each victim
    bank_at: IntArray
    swapped_at: IntArray  # when the card of the victim was replaced; empty without a SIM swap
    cards: IntArray  # the replacement cards, in `devices`
    devices: IntArray

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        self._add_swaps(today, facts)
        rows = np.flatnonzero(self.day == today.number)
        lines = self.context.residents.lines[self.victims[rows]]
        columns: dict[str, Value] = {"number": lines, "target": self.targets[rows], "condition": "unconditional"}
        facts.add("forwarding", self.at[rows], **columns, action="set", how="mmi")
        facts.add("forwarding", self.bank_at[rows] + HOUR_MS, **columns, action="cleared", how="mmi")
        self._add_bank_calls(today, facts, rows, lines)

    def _add_swaps(self, today: SimulatedDay, facts: Facts) -> None:
        residents = self.context.residents
        rows = np.flatnonzero((self.swapped_at - today.start) // DAY_MS == 0)
        victim_index = self.victims[rows]
        facts.add(
            "sim_use",
            self.swapped_at[rows],
            number=residents.lines[victim_index],
            sim_card=self.cards[rows],
            device=self.devices[rows],
            cell=residents.build_cell_column(residents.home[victim_index]),
            service="attach",
        )

    def _add_bank_calls(self, today: SimulatedDay, facts: Facts, rows: IntArray, lines: IntArray) -> None:
        """Add the calls of the bank to its customers, which reach the forwarding targets."""
        rng, count, bank = today.rng, rows.size, BANKS[self.victims[rows] % BANKS.size]
        offer = {"caller": bank, "proven_caller": bank, "callee": self.targets[rows], "original_callee": lines}
        facts.add_calls(
            self.bank_at[rows],
            offer | {"diversion": lines, "ingress": "leased_line", "trunk": "BANK-SIM-LINE"},
            answered=np.ones(count, bool),
            ring_ms=habits.draw_ring_ms(rng, count),
            talk_ms=habits.draw_talk_ms(rng, count, 90),
        )


class ForwardingAbuseScenario(Scenario):
    """Three patterns by gang index: many numbers to one target, just before a bank calls, or after a SIM swap."""

    name = "forwarding_abuse"
    title = Words("呼叫转移滥用", "call-forwarding abuse")
    tells = Words(
        "多号转移到同一号码、银行来电前设置转移、换卡后转移到境外",
        "many numbers forwarded to one, just before a bank calls, or abroad after a SIM swap",
    )
    role = SimulatedRole.FRAUD
    parameters = {"numbers_per_target": 10, "minutes_before_bank": 6, "hours_after_swap": 2}
    limits = {
        "numbers_per_target": Limit(3),
        "minutes_before_bank": Limit(30, at_least=False),
        "hours_after_swap": Limit(24, at_least=False),
    }

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Choose the victims, and one day for all victims of a target."""
        parameters, rng, days = context.parameters, context.rng, context.settings.days
        swaps_cards = context.gang % 3 == 2
        numbers_per_target = parameters.integer("numbers_per_target") if context.gang % 3 == 0 else 1
        targets = max(3, 10 // max(1, numbers_per_target)) if numbers_per_target > 1 else 4
        count = targets * numbers_per_target
        target_numbers = draw_foreign_numbers(rng, targets) if swaps_cards else Phones.create(context, targets).lines
        victims = context.choose_residents(count)
        day = np.repeat(rng.integers(days // 2, days, targets), numbers_per_target)
        at = context.settings.start_ms + day * DAY_MS + rng.integers(9 * HOUR_MS, 17 * HOUR_MS, count)
        bank_at = at + round(parameters["minutes_before_bank"] * MINUTE_MS)
        earliest_swap = np.maximum(at - round(parameters["hours_after_swap"] * HOUR_MS), context.settings.start_ms)
        swapped_at, directory = earliest_swap if swaps_cards else earliest_swap[:0], context.directory
        cards, devices = directory.sim_cards(count), directory.devices(count)
        gang = _ForwardingGang(
            context,
            victims,
            day,
            at,
            np.repeat(target_numbers, numbers_per_target),
            bank_at,
            swapped_at,
            cards,
            devices,
        )
        truths = (
            Truth(
                "phone_number",
                target_numbers,
                SimulatedRole.FRAUD,
                at.reshape(targets, numbers_per_target).min(axis=1),
                context.settings.end_ms,
            ),
            Truth("phone_number", context.residents.lines[victims], SimulatedRole.VICTIM, at, bank_at + HOUR_MS),
        )
        return ScenarioPlan(truths, gang.emit)


SCENARIO = ForwardingAbuseScenario()
