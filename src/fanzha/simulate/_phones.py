"""Phones that a scenario holds: number, card and device go together on every call, and are opened and seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fanzha.simulate import _habits as habits
from fanzha.simulate._draw import Mask, Whole
from fanzha.simulate._facts import NO_ANSWER, Facts
from fanzha.simulate._neighbours import call_from
from fanzha.simulate._render import Pick, Value
from fanzha.simulate._residents import Residents
from fanzha.simulate._scenario import Scene, Today
from fanzha.simulate._truth import Role, Truth

FRIENDS = 4


@dataclass(frozen=True)
class Phones:
    """Columns, one place a phone; `cells` is where it lies."""

    residents: Residents
    lines: Whole
    cards: Whole
    devices: Whole
    cells: Whole

    @classmethod
    def bought(cls, scene: Scene, count: int, *, devices: Whole | None = None) -> "Phones":
        """Return fresh phones somewhere in the province; `devices`: cards that are put into these."""
        given = scene.directory
        return cls(
            scene.residents,
            given.mobiles(count),
            given.sim_cards(count),
            given.devices(count) if devices is None else devices,
            scene.draw.integers(0, scene.residents.cells, count),
        )

    def __len__(self) -> int:
        return self.lines.size

    def some(self, rows: Whole | Mask) -> "Phones":
        """Return some of the phones."""
        columns = (self.lines, self.cards, self.devices, self.cells)
        return Phones(self.residents, *(column[rows] for column in columns))

    def truths(self, role: Role, from_ms: Whole | int, until_ms: Whole | int) -> tuple[Truth, ...]:
        """Return number, card and device of each phone as one actor."""
        return (
            Truth("phone_number", self.lines, role, from_ms, until_ms),
            Truth("sim_card", self.cards, role, from_ms, until_ms, self.lines),
            Truth("device", self.devices, role, from_ms, until_ms, self.lines),
        )

    def call(
        self,
        facts: Facts,
        at: Whole,
        who: Whole,
        callee: Whole,
        *,
        answered: NDArray[np.bool_],
        ring_ms: Whole,
        talk_ms: Whole,
        cells: Whole | None = None,
        cause: Whole | int = NO_ANSWER,
    ) -> None:
        """Call from phone `who` over our own network, which proves the number."""
        offer: dict[str, Value] = {
            "caller": self.lines[who],
            "proven_caller": self.lines[who],
            "callee": callee,
            "ingress": "mobile",
            "cell": self.residents.at_cells(self.cells[who] if cells is None else cells),
            "device": self.devices[who],
            "sim_card": self.cards[who],
        }
        facts.calls(at, offer, answered=answered, ring_ms=ring_ms, talk_ms=talk_ms, cause=cause)

    def dial(
        self,
        today: Today,
        facts: Facts,
        at: Whole,
        who: Whole,
        callee: Whole,
        *,
        answer_share: float | None = None,
        talk_seconds: float | None = None,
        ring_seconds: float = 9.0,
        cells: Whole | None = None,
    ) -> None:
        """Call with habits: which share answers, how long they talk and ring on average."""
        draw, count = today.draw, at.size
        self.call(
            facts,
            at,
            who,
            callee,
            answered=habits.answered(draw, count, answer_share),
            ring_ms=habits.ring_ms(draw, count, ring_seconds),
            talk_ms=habits.talk_ms(draw, count, talk_seconds),
            cells=cells,
        )

    def seen(
        self,
        facts: Facts,
        at: Whole,
        who: Whole,
        *,
        service: str = "attach",
        data_kb: NDArray[np.float64] | None = None,
        cells: Whole | None = None,
    ) -> None:
        """Say that the network saw the card of phone `who` in its device at its cell."""
        where = self.residents.at_cells(self.cells[who] if cells is None else cells)
        facts.add(
            "sim_use",
            at,
            sim_card=self.cards[who],
            device=self.devices[who],
            number=self.lines[who],
            cell=where,
            service=service,
            data_kb=data_kb,
        )

    def open(
        self, facts: Facts, at: Whole, outlet: str | Pick, people: Sequence[str], held: Whole, **more: Value
    ) -> None:
        """Open all the cards at an outlet, card `i` in the name of person `held[i]`."""
        order = np.lexsort((at, held))
        before = np.empty_like(held)
        first = np.r_[0, np.flatnonzero(np.diff(held[order])) + 1]
        before[order] = np.arange(held.size) - np.repeat(first, np.diff(np.r_[first, held.size]))
        plain: dict[str, Value] = {
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
            **plain | {"number": self.lines, "sim_card": self.cards, "cards_before": before} | more,
            person=Pick(people, held),
        )

    def live(self, today: Today, facts: Facts, calls_a_day: float = 3.0) -> None:
        """Live like anybody: calls to and from a few friends, at length, and a phone that is switched on."""
        draw = today.draw
        friends = (self.lines[:, None] // 7 + np.arange(FRIENDS) * 13) % len(self.residents)
        who = habits.times_over(draw, calls_a_day, len(self))
        friend = self.residents.lines[_one_of(draw, friends[who])]
        self.dial(today, facts, today.moments(who.size, habits.RESIDENT), who, friend)
        whom = habits.times_over(draw, calls_a_day, len(self))
        at, caller = today.moments(whom.size, habits.RESIDENT), _one_of(draw, friends[whom])
        call_from(draw, facts, self.residents, at, caller, self.lines[whom])
        everyone = np.arange(len(self))
        self.seen(facts, today.moments(len(self), habits.RESIDENT), everyone)


def _one_of(draw: np.random.Generator, rows: Whole) -> Whole:
    """Return of each row one value."""
    return rows[np.arange(len(rows)), draw.integers(0, FRIENDS, len(rows))]


def turn(count: int, turns: int, number: int) -> Whole:
    """Return which of `count` identities in `turns` groups are in use at a turn: one group after the other."""
    size = max(1, count // turns)
    return (np.arange(size) + number % turns * size) % count
