"""Fraud: two phones are used side by side, one in a long data session while the other calls strangers (手机口)."""

from dataclasses import dataclass, replace

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate._facts import Facts
from fanzha.simulate._parameters import Limit
from fanzha.simulate._phones import Phones
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import HOUR_MS, MINUTE_MS
from fanzha.simulate._shifts import rotate_identity, schedule_calls
from fanzha.simulate._truth import SimulatedRole

HOURS = (13, 14, 15, 16, 17)
REPORT_MINUTES = 10  # between two records of a data session
SESSION_KB = 9_000.0  # voice and video per record


@dataclass(frozen=True)
class _PhonePairs:
    context: ScenarioContext
    talking: Phones
    online: Phones
    outlets: tuple[str, ...]
    people: tuple[str, ...]

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        parameters, rng = self.context.parameters, today.rng
        if today.number == 0:
            self._register_cards(today, facts)
            return
        pairs = parameters.integer("pairs")
        calls = schedule_calls(rng, today.start, today.number, HOURS, pairs, parameters.integer("strangers_per_hour"))
        pair_index = calls.assign_identity(pairs, parameters.identity_count)
        callee = self.context.residents.draw_numbers(rng, calls.at.size)
        cells = self._locate_pairs(pair_index, calls.hour)
        self.talking.dial(today, facts, calls.at, pair_index, callee, answer_share=0.4, talk_seconds=90, cells=cells)
        self._add_data_session(today, facts, pairs)
        if parameters.hides:
            self.talking.add_everyday_traffic(today, facts)

    def _register_cards(self, today: SimulatedDay, facts: Facts) -> None:
        for phone_set, phones in enumerate((self.talking, self.online)):
            at = today.start + 10 * HOUR_MS + today.rng.integers(0, 8 * HOUR_MS, len(phones))
            phones.register_cards(
                facts, at, self.outlets[phone_set], self.people, np.arange(len(phones)) + phone_set * len(phones)
            )

    def _add_data_session(self, today: SimulatedDay, facts: Facts, pairs: int) -> None:
        """Add the records of the data session of the second phone, in the same cell during the whole shift."""
        parameters = self.context.parameters
        steps = len(HOURS) * 60 // REPORT_MINUTES
        step, seat = np.repeat(np.arange(steps), pairs), np.tile(np.arange(pairs), steps)
        at = today.start + HOURS[0] * HOUR_MS + step * REPORT_MINUTES * MINUTE_MS
        hour = today.number * 24 + HOURS[0] + step * REPORT_MINUTES // 60
        pair_index = seat + pairs * rotate_identity(hour, parameters.identity_count)
        kilobytes = SESSION_KB * today.rng.uniform(0.8, 1.2, pair_index.size)
        self.online.record_sim_use(
            facts, at, pair_index, service="data", data_kb=kilobytes, cells=self._locate_pairs(pair_index, hour)
        )

    def _locate_pairs(self, pair_index: IntArray, hour: IntArray) -> IntArray:
        """Return the cell of each pair, which changes every two hours."""
        return (self.talking.cells[pair_index] + hour % 24 // 2) % self.context.residents.cells


class PairedPhonesScenario(Scenario):
    """Pairs of phones with new cards that move between cells."""

    name = "paired_phones"
    title = Words("手机口（双机对接）", "paired phones")
    tells = Words(
        "同一小区两部手机，一部长时间数据通话，另一部拨打陌生人",
        "two phones in one cell: a long data session, and calls to strangers",
    )
    role = SimulatedRole.FRAUD
    parameters = {"pairs": 2, "strangers_per_hour": 25}
    limits = {"strangers_per_hour": Limit(10)}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Open the cards on the first day and call from the second. The calling number is the actor of both phones."""
        count, directory = context.parameters.integer("pairs") * context.parameters.identity_count, context.directory
        talking, online = Phones.create(context, count), Phones.create(context, count)
        pairs = _PhonePairs(context, talking, online, directory.names("OUTLET", 2), directory.people(2 * count))
        span = context.compute_moment(1, HOURS[0]), context.settings.end_ms
        online_truths = (
            replace(truth, actors=talking.lines) for truth in online.build_truths(SimulatedRole.FRAUD, *span)
        )
        return ScenarioPlan((*talking.build_truths(SimulatedRole.FRAUD, *span), *online_truths), pairs.emit)


SCENARIO = PairedPhonesScenario()
