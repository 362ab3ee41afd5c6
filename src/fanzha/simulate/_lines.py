"""Fixed lines, hotlines and short numbers on a leased line, which proves their number."""

from fanzha.simulate import _habits as habits
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Today


def dial_out(
    today: Today,
    facts: Facts,
    at: Whole,
    caller: Whole,
    callee: Whole,
    trunk: Pick,
    *,
    answer_share: float | None = None,
    talk_seconds: float | None = None,
) -> None:
    """Call from lines of an organisation over its trunk."""
    draw, count = today.draw, at.size
    facts.calls(
        at,
        {"caller": caller, "proven_caller": caller, "callee": callee, "ingress": "leased_line", "trunk": trunk},
        answered=habits.answered(draw, count, answer_share),
        ring_ms=habits.ring_ms(draw, count),
        talk_ms=habits.talk_ms(draw, count, talk_seconds),
    )
