"""Fictitious events for the examples of rule detectors: each row names the event table it belongs to."""

from collections.abc import Iterator, Mapping
from typing import Any

from fanzha.detect._detector import START_MS

DAY_MS = 86_400_000

Row = Mapping[str, object]

#: Fields of a call from a phone of our own network, whose number is proven, and of a call from abroad.
AT_HOME: dict[str, Any] = {"proven": True, "ingress": "mobile", "cell": "460-00-2100-00001"}
ABROAD: dict[str, Any] = {"ingress": "international_gateway", "trunk": "IGW-FIC-01"}


def fact(table: str, at_s: float, **fields: object) -> Row:
    """Return an event `at_s` seconds after the start of the example."""
    return {"table": table, "occurred_at": START_MS + round(1000 * at_s), **fields}


def outgoing_calls(
    caller: str,
    count: int,
    *,
    every_s: float,
    talk_s: float | None = None,
    answered_every: int = 1,
    first_callee: int = 17_000_100_000,
    step: int = 3_701,
    start_s: float = 0,
    **options: Any,
) -> tuple[Row, ...]:
    """Return the events of `count` calls, each to a different number.

    Every `answered_every`-th call is answered for `talk_s` seconds; none is if that is None. Other keyword arguments
    are passed to `call`.
    """
    rows: list[Row] = []
    for number in range(count):
        rows += call(
            caller,
            f"+86{first_callee + number * step}",
            start_s + number * every_s,
            talk_s=talk_s if number % answered_every == 0 else None,
            **options,
        )
    return tuple(rows)


def call(
    caller: str,
    callee: str,
    at_s: float,
    *,
    talk_s: float | None = None,
    ring_s: float = 3,
    proven: bool = False,
    ends: bool = True,
    released_by: str = "caller",
    release_cause: int | None = None,
    **fields: str,
) -> Iterator[Row]:
    """Yield the events of one call that begins `at_s` seconds after the start of the example."""
    call_id = f"{caller}-{callee}-{at_s}"
    proof = {"proven_caller": caller} if proven else {}
    yield fact("call_offered", at_s, call_id=call_id, caller=caller, callee=callee, **proof, **fields)
    answered_s, ring_ms = at_s + ring_s, round(1000 * ring_s)
    if talk_s is not None:
        yield fact("call_answered", answered_s, call_id=call_id, ring_ms=ring_ms, callee=callee)
    if ends:
        yield fact(
            "call_ended",
            answered_s + (talk_s or 0),
            call_id=call_id,
            answered=talk_s is not None,
            talk_ms=None if talk_s is None else round(1000 * talk_s),
            released_by=released_by,
            release_cause=release_cause,
        )


def incoming_calls(callee: str, count: int, *, every_s: float, start_s: float = 0, **fields: Any) -> tuple[Row, ...]:
    """Return the events of `count` calls of one minute to a number, each from a different caller."""
    return tuple(
        row
        for number in range(count)
        for row in call(
            f"+86{17_000_900_000 + number}", callee, start_s + number * every_s, talk_s=60, proven=True, **fields
        )
    )


def earlier_records(days: float, **fields: Any) -> tuple[Row, ...]:
    """Return calls of another number, one every twelve hours over the `days` before the start of the example.

    A rule that calls something new or silent before asks how far the records reach back.
    """
    count = round(2 * days)
    return outgoing_calls(
        "+8617000990099", count, every_s=43_200, start_s=-43_200 * count, first_callee=17_000_990_100, **fields
    )


def text_messages(
    sender: str,
    count: int,
    *,
    text: str,
    every_s: float = 60,
    first_recipient: int = 17_000_300_000,
    step: int = 3_701,
    start_s: float = 0,
    channel: str = "port_sms",
) -> tuple[Row, ...]:
    """Return `count` text messages, each to a different number."""
    return tuple(
        fact(
            "message",
            start_s + number * every_s,
            text=text,
            channel=channel,
            sender=sender,
            recipient=f"+86{first_recipient + number * step}",
        )
        for number in range(count)
    )


def site_seen(name: str, *, days_old: float, at_s: float = 0) -> Row:
    """Return the sighting of a host that was registered `days_old` days before."""
    registered_at = START_MS + round(1000 * at_s) - round(days_old * DAY_MS)
    return fact("site_seen", at_s, host=name, registered_at=registered_at)


def probe_call(received: str, at_s: float = 0, **fields: object) -> Row:
    """Return a test call that was placed abroad and arrived with the number `received` from our own network."""
    sent: dict[str, object] = {"route": "WS-FIC-1", "sent_caller": "+442079460061", "callee": "+8617000990000"}
    arrival: dict[str, object] = {"arrived": True, "received_caller": received, "received_ingress": "mobile"}
    return fact("test_call", at_s, probe_id=f"{received}-{at_s}", **{**sent, **arrival, **fields})
