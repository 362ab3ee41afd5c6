"""Calls over the three kinds of access: our network and the interconnect, a leased line, and international trunks."""

import numpy as np

from fanzha.simulate import _habits as habits
from fanzha.simulate._columns import Categorical, Value
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import draw_foreign_numbers
from fanzha.simulate._random import BoolArray, IntArray, choose_by_hash
from fanzha.simulate._residents import Residents
from fanzha.simulate._scenario import SimulatedDay

CIRCLE = 10  # contacts per foreign number: few numbers are reserved for fiction, so each makes many calls


def call_from_abroad(
    facts: Facts,
    at: IntArray,
    caller: IntArray | int,
    callee: IntArray,
    trunk: str | Categorical,
    *,
    answered: BoolArray,
    ring_ms: IntArray,
    talk_ms: IntArray,
    **columns: Value,
) -> None:
    """Add calls over an international trunk. The network does not prove the calling number."""
    offer: dict[str, Value] = {"caller": caller, "callee": callee, "ingress": "international_gateway", "trunk": trunk}
    offer |= {"presentation": "allowed", "screening": "not_screened"} | columns
    facts.add_calls(at, offer, answered=answered, ring_ms=ring_ms, talk_ms=talk_ms)


def add_honest_traffic(
    today: SimulatedDay, facts: Facts, residents: Residents, trunks: tuple[str, ...], count: int
) -> None:
    """Add `count` legitimate calls over the international trunks.

    Each foreign number always calls the same `CIRCLE` residents. The calls last five minutes on average.
    """
    rng = today.rng
    callers = draw_foreign_numbers(rng, count)
    callees = residents.lines[choose_by_hash(callers * CIRCLE + rng.integers(0, CIRCLE, count), len(residents))]
    call_from_abroad(
        facts,
        today.draw_moments(count, habits.RESIDENT),
        callers,
        callees,
        Categorical(trunks, rng.integers(0, len(trunks), count)),
        answered=habits.draw_answered(rng, count),
        ring_ms=habits.draw_ring_ms(rng, count),
        talk_ms=habits.draw_talk_ms(rng, count, 300),
    )


def call_from_residents(
    rng: np.random.Generator,
    facts: Facts,
    residents: Residents,
    at: IntArray,
    caller_index: IntArray,
    callee: IntArray,
    *,
    answered: BoolArray | None = None,
    talk_seconds: float | None = None,
) -> None:
    """Add calls by the residents `caller_index`, from their home or work cell.

    The network proves the numbers of its own subscribers; other residents call over the interconnect. Answers and
    durations follow the fitted distributions unless they are passed.
    """
    ours, count = residents.own_network[caller_index], caller_index.size
    cells = np.where(rng.random(count) < 0.5, residents.home[caller_index], residents.work[caller_index])
    offer: dict[str, Value] = {
        "caller": residents.lines[caller_index],
        "proven_caller": np.where(ours, residents.lines[caller_index], 0),
        "callee": callee,
        "ingress": Categorical(("mobile", "interconnect"), np.where(ours, 0, 1)),
        "trunk": Categorical(
            (None, *residents.interconnect), np.where(ours, 0, 1 + caller_index % len(residents.interconnect))
        ),
        "cell": Categorical((None, *residents.cell_names), np.where(ours, 1 + cells, 0)),
        "device": np.where(ours, residents.devices[caller_index], 0),
        "sim_card": np.where(ours, residents.cards[caller_index], 0),
    }
    facts.add_calls(
        at,
        offer,
        answered=habits.draw_answered(rng, count) if answered is None else answered,
        ring_ms=habits.draw_ring_ms(rng, count),
        talk_ms=habits.draw_talk_ms(rng, count, talk_seconds),
    )


def call_from_leased_line(
    today: SimulatedDay,
    facts: Facts,
    at: IntArray,
    caller: IntArray,
    callee: IntArray,
    trunk: Categorical,
    *,
    answer_share: float | None = None,
    talk_seconds: float | None = None,
) -> None:
    """Add calls by an organisation over a leased line, which proves the calling number."""
    rng, count = today.rng, at.size
    facts.add_calls(
        at,
        {"caller": caller, "proven_caller": caller, "callee": callee, "ingress": "leased_line", "trunk": trunk},
        answered=habits.draw_answered(rng, count, answer_share),
        ring_ms=habits.draw_ring_ms(rng, count),
        talk_ms=habits.draw_talk_ms(rng, count, talk_seconds),
    )
