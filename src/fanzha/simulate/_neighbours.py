"""Calls that residents make: of our own the network proves the number, the others come in over the interconnect."""

import numpy as np

from fanzha.simulate import _habits as habits
from fanzha.simulate._draw import Mask, Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._render import Pick, Value
from fanzha.simulate._residents import Residents


def call_from(
    draw: np.random.Generator,
    facts: Facts,
    people: Residents,
    at: Whole,
    who: Whole,
    callee: Whole,
    *,
    answered: Mask | None = None,
    talk_seconds: float | None = None,
) -> None:
    """Call from residents `who` (by place), at home or at work; as fitted where nothing is said."""
    ours, many = people.ours[who], who.size
    cells = np.where(draw.random(many) < 0.5, people.home[who], people.work[who])
    offer: dict[str, Value] = {
        "caller": people.lines[who],
        "proven_caller": np.where(ours, people.lines[who], 0),
        "callee": callee,
        "ingress": Pick(("mobile", "interconnect"), np.where(ours, 0, 1)),
        "trunk": Pick((None, *people.interconnect), np.where(ours, 0, 1 + who % len(people.interconnect))),
        "cell": Pick((None, *people.cell_names), np.where(ours, 1 + cells, 0)),
        "device": np.where(ours, people.devices[who], 0),
        "sim_card": np.where(ours, people.cards[who], 0),
    }
    facts.calls(
        at,
        offer,
        answered=habits.answered(draw, many) if answered is None else answered,
        ring_ms=habits.ring_ms(draw, many),
        talk_ms=habits.talk_ms(draw, many, talk_seconds),
    )
