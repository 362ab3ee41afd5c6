"""Fraud: a SIM box turns calls from abroad into local ones: many cards in few devices, one cell, no incoming calls."""

from dataclasses import dataclass, replace

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import draw_foreign_numbers
from fanzha.simulate._parameters import Limit
from fanzha.simulate._phones import Phones
from fanzha.simulate._random import IntArray, sample_values
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import HOUR_MS, MINUTE_MS
from fanzha.simulate._truth import SimulatedRole

PROBES_A_DAY = 6
PEOPLE = 8  # registered owners of the cards


@dataclass(frozen=True)
class _SimBox:
    context: ScenarioContext
    phones: Phones
    outlet: str
    people: tuple[str, ...]
    route: str
    test_line: IntArray
    gateway: str

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        parameters, rng, count = self.context.parameters, today.rng, len(self.phones)
        if today.number == 0:
            opened = today.start + 10 * HOUR_MS + np.sort(rng.integers(0, 100 * MINUTE_MS, count))
            self.phones.register_cards(facts, opened, self.outlet, self.people, np.arange(count) % PEOPLE)
            return
        phones = self._place_cards(today.number)
        switched_on = today.start + 8 * HOUR_MS + rng.integers(0, MINUTE_MS, count)
        phones.record_sim_use(facts, switched_on, np.arange(count))
        caller_index = habits.draw_actors(rng, parameters["calls_a_day"], count)
        callee = self.context.residents.draw_numbers(rng, caller_index.size)
        phones.dial(
            today, facts, today.draw_moments(caller_index.size, habits.RESIDENT), caller_index, callee, talk_seconds=120
        )
        if parameters.hides:
            phones.add_everyday_traffic(today, facts)
        self._add_test_calls(today, facts, phones)

    def _place_cards(self, number: int) -> Phones:
        """Return the cards in the devices and cells of a day. From level 2 both rotate daily."""
        parameters, card_index = self.context.parameters, np.arange(len(self.phones))
        rotation = number if parameters.identity_count > 1 else 0
        rotated_index = (card_index + rotation * 5) % card_index.size
        cells = (
            self.phones.cells[0] + rotated_index // parameters.integer("cards_per_cell") + rotation
        ) % self.context.residents.cells
        return replace(self.phones, devices=self.phones.devices[rotated_index], cells=cells)

    def _add_test_calls(self, today: SimulatedDay, facts: Facts, phones: Phones) -> None:
        """Add our test calls over the route. They arrive from the cards, at level 3 unchanged from the gateway."""
        rng, answers_cleanly = today.rng, self.context.parameters.hides
        at, sent_caller = today.draw_moments(PROBES_A_DAY, habits.OFFICE), draw_foreign_numbers(rng, PROBES_A_DAY)
        caller_index = sample_values(rng, np.arange(len(self.phones)), PROBES_A_DAY)
        test_lines = np.repeat(self.test_line, PROBES_A_DAY)
        facts.add(
            "test_call",
            at,
            probe_id=Categorical(
                [f"{self.route}-{today.number}-{n}" for n in range(PROBES_A_DAY)], np.arange(PROBES_A_DAY)
            ),
            route=self.route,
            sent_caller=sent_caller,
            callee=test_lines,
            received_caller=sent_caller if answers_cleanly else self.phones.lines[caller_index],
            received_trunk=self.gateway if answers_cleanly else None,
            received_ingress="international_gateway" if answers_cleanly else "mobile",
            arrived=True,
            ring_ms=habits.draw_ring_ms(rng, PROBES_A_DAY),
        )
        if not answers_cleanly:
            phones.dial(today, facts, at, caller_index, test_lines)


class SimboxScenario(Scenario):
    """The cards are opened on the first day at one outlet and call from the second."""

    name = "simbox"
    title = Words("GOIP/SIM 盒", "SIM box (GOIP)")
    tells = Words(
        "多卡少机、同一小区、只呼出，测试呼叫变成本地手机号",
        "many cards in few devices at one cell, outgoing only; probes arrive from mobiles",
    )
    role = SimulatedRole.FRAUD
    parameters = {"cards": 24, "cards_per_device": 8, "cards_per_cell": 24, "calls_a_day": 40}
    limits = {"cards_per_device": Limit(4), "cards_per_cell": Limit(8), "calls_a_day": Limit(100)}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate the cards and the devices that hold them."""
        cards, directory = context.parameters.integer("cards"), context.directory
        device_of_card = np.arange(cards) // context.parameters.integer("cards_per_device")
        phones = Phones.create(
            context, cards, devices=directory.devices(int(device_of_card[-1]) + 1, kind=2)[device_of_card]
        )
        box = _SimBox(
            context,
            phones,
            directory.name("OUTLET"),
            directory.people(PEOPLE),
            directory.name("WS"),
            directory.mobiles(1),
            directory.name("IGW"),
        )
        return ScenarioPlan(
            phones.build_truths(SimulatedRole.FRAUD, context.compute_moment(0, 10), context.settings.end_ms), box.emit
        )


SCENARIO = SimboxScenario()
