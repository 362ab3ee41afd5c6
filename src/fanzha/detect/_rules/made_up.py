"""Made-up calls for the examples of detectors in rule text: a row a fact, with the table that it belongs to."""

from collections.abc import Iterator, Mapping
from typing import Any

from fanzha.detect._detector import START_MS

Row = Mapping[str, object]


def calls(
    caller: str,
    count: int,
    *,
    every_s: float,
    talk_s: float | None = None,
    ring_s: float = 3,
    proven: bool = False,
    first_callee: int = 17_000_100_000,
    step: int = 37,
    start_s: float = 0,
    **fields: str,
) -> tuple[Row, ...]:
    """Return the facts of `count` calls, one every so many seconds, each to another number; None: not answered."""
    found: list[Row] = []
    known: dict[str, Any] = dict(fields)
    for number in range(count):
        found += call(
            caller,
            f"+86{first_callee + number * step}",
            start_s + number * every_s,
            talk_s=talk_s,
            ring_s=ring_s,
            proven=proven,
            **known,
        )
    return tuple(found)


def call(
    caller: str,
    callee: str,
    at_s: float,
    *,
    talk_s: float | None = None,
    ring_s: float = 3,
    proven: bool = False,
    ends: bool = True,
    **fields: str,
) -> Iterator[Row]:
    """Yield the facts of one call that begins so many seconds after the start."""
    at = START_MS + round(1000 * at_s)
    call_id = f"{caller}-{callee}-{at}"
    own = {"proven_caller": caller} if proven else {}
    yield (
        {"table": "call_offered", "occurred_at": at, "call_id": call_id, "caller": caller, "callee": callee}
        | own
        | fields
    )
    up = at + round(1000 * ring_s)
    if talk_s is not None:
        yield {"table": "call_answered", "occurred_at": up, "call_id": call_id, "ring_ms": up - at, "callee": callee}
    if ends:
        talk = round(1000 * (talk_s or 0))
        yield {"table": "call_ended", "occurred_at": up + talk, "call_id": call_id, "answered": talk_s is not None} | (
            {"talk_ms": talk} if talk_s is not None else {}
        )
