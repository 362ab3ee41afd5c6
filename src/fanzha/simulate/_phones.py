"""Phones of a scenario: each combines a number, a card and a device, and generates calls, registrations and SIM use."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fanzha.simulate import _habits as habits
from fanzha.simulate._calls import call_from_residents
from fanzha.simulate._columns import Categorical, Value
from fanzha.simulate._facts import NO_ANSWER, Facts
from fanzha.simulate._random import BoolArray, FloatArray, IntArray
from fanzha.simulate._residents import Residents
from fanzha.simulate._scenario import ScenarioContext, SimulatedDay
from fanzha.simulate._truth import SimulatedRole, Truth

FRIENDS = 4


@dataclass(frozen=True)
class Phones:
    """Parallel arrays with one element per phone. `cells` is the default cell of each phone."""

    residents: Residents
    lines: IntArray
    cards: IntArray
    devices: IntArray
    cells: IntArray

    @classmethod
    def create(cls, context: ScenarioContext, count: int, *, devices: IntArray | None = None) -> "Phones":
        """Return new phones in random cells. Put the cards into `devices` if they are passed."""
        directory = context.directory
        return cls(
            context.residents,
            directory.mobiles(count),
            directory.sim_cards(count),
            directory.devices(count) if devices is None else devices,
            context.rng.integers(0, context.residents.cells, count),
        )

    def __len__(self) -> int:
        return self.lines.size

    def select(self, rows: IntArray | BoolArray) -> "Phones":
        """Return the phones that `rows` selects."""
        columns = (self.lines, self.cards, self.devices, self.cells)
        return Phones(self.residents, *(column[rows] for column in columns))

    def build_truths(self, role: SimulatedRole, from_ms: IntArray | int, until_ms: IntArray | int) -> tuple[Truth, ...]:
        """Return the truth rows of numbers, cards and devices. The number is the actor of all three."""
        return (
            Truth("phone_number", self.lines, role, from_ms, until_ms),
            Truth("sim_card", self.cards, role, from_ms, until_ms, self.lines),
            Truth("device", self.devices, role, from_ms, until_ms, self.lines),
        )

    def add_calls(
        self,
        facts: Facts,
        at: IntArray,
        phone_index: IntArray,
        callee: IntArray,
        *,
        answered: BoolArray,
        ring_ms: IntArray,
        talk_ms: IntArray,
        cells: IntArray | None = None,
        cause: IntArray | int = NO_ANSWER,
    ) -> None:
        """Add calls by the phones `phone_index` over our own network, which proves the calling number."""
        offer: dict[str, Value] = {
            "caller": self.lines[phone_index],
            "proven_caller": self.lines[phone_index],
            "callee": callee,
            "ingress": "mobile",
            "cell": self.residents.build_cell_column(self.cells[phone_index] if cells is None else cells),
            "device": self.devices[phone_index],
            "sim_card": self.cards[phone_index],
        }
        facts.add_calls(at, offer, answered=answered, ring_ms=ring_ms, talk_ms=talk_ms, cause=cause)

    def dial(
        self,
        today: SimulatedDay,
        facts: Facts,
        at: IntArray,
        phone_index: IntArray,
        callee: IntArray,
        *,
        answer_share: float | None = None,
        talk_seconds: float | None = None,
        ring_seconds: float = 9.0,
        cells: IntArray | None = None,
    ) -> None:
        """Add calls whose answers, ringing times and durations are drawn from the given share and means."""
        rng, count = today.rng, at.size
        self.add_calls(
            facts,
            at,
            phone_index,
            callee,
            answered=habits.draw_answered(rng, count, answer_share),
            ring_ms=habits.draw_ring_ms(rng, count, ring_seconds),
            talk_ms=habits.draw_talk_ms(rng, count, talk_seconds),
            cells=cells,
        )

    def record_sim_use(
        self,
        facts: Facts,
        at: IntArray,
        phone_index: IntArray,
        *,
        service: str = "attach",
        data_kb: FloatArray | None = None,
        cells: IntArray | None = None,
    ) -> None:
        """Add a `sim_use` fact for each of the phones `phone_index`: its card in its device at its cell."""
        cell = self.residents.build_cell_column(self.cells[phone_index] if cells is None else cells)
        facts.add(
            "sim_use",
            at,
            sim_card=self.cards[phone_index],
            device=self.devices[phone_index],
            number=self.lines[phone_index],
            cell=cell,
            service=service,
            data_kb=data_kb,
        )

    def register_cards(
        self,
        facts: Facts,
        at: IntArray,
        outlet: str | Categorical,
        people: Sequence[str],
        owner_index: IntArray,
        **columns: Value,
    ) -> None:
        """Add the registration of every card at an outlet. Card i belongs to `people[owner_index[i]]`.

        `columns` replace the default values of the registration.
        """
        order = np.lexsort((at, owner_index))
        cards_before = np.empty_like(owner_index)
        first = np.r_[0, np.flatnonzero(np.diff(owner_index[order])) + 1]
        cards_before[order] = np.arange(owner_index.size) - np.repeat(first, np.diff(np.r_[first, owner_index.size]))
        values: dict[str, Value] = {
            "id_type": "身份证",
            "id_read": "chip",
            "channel": "agent",
            "outlet": outlet,
            "face_score": 0.93,
            "liveness_score": 0.97,
            "result": "passed",
        }
        facts.add(
            "registration",
            at,
            **values | {"number": self.lines, "sim_card": self.cards, "cards_before": cards_before} | columns,
            person=Categorical(people, owner_index),
        )

    def add_everyday_traffic(self, today: SimulatedDay, facts: Facts, calls_a_day: float = 3.0) -> None:
        """Add a day of ordinary use: calls to and from a few friends, and one attach to the network."""
        rng = today.rng
        friends = (self.lines[:, None] // 7 + np.arange(FRIENDS) * 13) % len(self.residents)
        phone_index = habits.draw_actors(rng, calls_a_day, len(self))
        friend = self.residents.lines[_sample_per_row(rng, friends[phone_index])]
        self.dial(today, facts, today.draw_moments(phone_index.size, habits.RESIDENT), phone_index, friend)
        callee_index = habits.draw_actors(rng, calls_a_day, len(self))
        at, caller = today.draw_moments(callee_index.size, habits.RESIDENT), _sample_per_row(rng, friends[callee_index])
        call_from_residents(rng, facts, self.residents, at, caller, self.lines[callee_index])
        all_phones = np.arange(len(self))
        self.record_sim_use(facts, today.draw_moments(len(self), habits.RESIDENT), all_phones)


def _sample_per_row(rng: np.random.Generator, rows: IntArray) -> IntArray:
    """Draw one value from each row."""
    return rows[np.arange(len(rows)), rng.integers(0, FRIENDS, len(rows))]


def rotate_group(count: int, group_count: int, number: int) -> IntArray:
    """Return the indices of the group of identities that is active on day `number`; the groups rotate daily."""
    size = max(1, count // group_count)
    return (np.arange(size) + number % group_count * size) % count
