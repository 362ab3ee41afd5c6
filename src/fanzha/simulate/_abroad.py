"""Calls that come in over an international trunk: the number is only claimed, nobody here has proven it."""

import numpy as np
from numpy.typing import NDArray

from fanzha.simulate import _habits as habits
from fanzha.simulate._draw import Whole, choice_of
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import foreign
from fanzha.simulate._render import Pick, Value
from fanzha.simulate._residents import Residents
from fanzha.simulate._scenario import Today

CIRCLE = 10  # people whom one number abroad knows: numbers set aside for drama are few, their calls many


def call_in(
    facts: Facts,
    at: Whole,
    caller: Whole | int,
    callee: Whole,
    trunk: str | Pick,
    *,
    answered: NDArray[np.bool_],
    ring_ms: Whole,
    talk_ms: Whole,
    **more: Value,
) -> None:
    """Call somebody from abroad over a trunk."""
    offer: dict[str, Value] = {"caller": caller, "callee": callee, "ingress": "international_gateway", "trunk": trunk}
    offer |= {"presentation": "allowed", "screening": "not_screened"} | more
    facts.calls(at, offer, answered=answered, ring_ms=ring_ms, talk_ms=talk_ms)


def chatter(today: Today, facts: Facts, residents: Residents, trunks: tuple[str, ...], count: int) -> None:
    """Carry honest calls of people abroad on the trunks: they know whom they call, and talk at length."""
    draw = today.draw
    callers = foreign(draw, count)
    known = residents.lines[choice_of(callers * CIRCLE + draw.integers(0, CIRCLE, count), len(residents))]
    call_in(
        facts,
        today.moments(count, habits.RESIDENT),
        callers,
        known,
        Pick(trunks, draw.integers(0, len(trunks), count)),
        answered=habits.answered(draw, count),
        ring_ms=habits.ring_ms(draw, count),
        talk_ms=habits.talk_ms(draw, count, 300),
    )
