"""API schemas of tracebacks, for the own programs and for the sites of other operators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from ninja import Schema
from pydantic import Field

from fanzha.command.call_traceback.models import Traceback, TracebackHop, TracebackLink, TrunkParty
from fanzha.command.call_traceback.numbers import mask_caller, mask_number
from fanzha.command.web.api.moments import Moment

Purpose = Literal["fraud", "spoofing", "nuisance", "order"]
HopWord = Literal["waiting", "passed", "origin", "ended"]
_Text = Annotated[str, Field(max_length=120)]
#: Name of an operator, in both languages if it has two (`Words.joined`).
_Name = Annotated[str, Field(max_length=250)]
_Offset = Annotated[int, Field(ge=-3_600_000, le=3_600_000)]


class TracebackIn(Schema):
    """A call to trace: `called_at` by a clock that is `clock_offset_ms` ahead of UTC."""

    called: str = Field(min_length=2, max_length=40)
    calling: str = Field("", max_length=120)
    called_at: Moment
    clock_offset_ms: _Offset = 0
    duration_s: float | None = Field(None, ge=0, le=604_800)
    trunk: str = Field("", max_length=64)
    purpose: Purpose
    reason: str = Field(min_length=4, max_length=2_000)


class TracebackRequestIn(Schema):
    """What the site of the operator downstream asks. `request` is its reference, `trace` that of the whole traceback.

    `trunk` and `call_id` are those of its own record, `due_at` is when its answer is due.
    """

    trace: str = Field(pattern=r"^[0-9A-Z]{26}$")
    request: str = Field(pattern=r"^[0-9A-Z]{26}$")
    hop: int = Field(ge=1, le=99)
    called: str = Field(min_length=2, max_length=40)
    calling: str = Field("", max_length=120)
    called_at: Moment
    clock_offset_ms: _Offset = 0
    duration_ms: int | None = Field(None, ge=0, le=604_800_000)
    trunk: str = Field("", max_length=64)
    call_id: str = Field("", max_length=200)
    purpose: Purpose
    initiator: str = Field(min_length=1, max_length=250)
    due_at: Moment
    simulated: bool = False


class HopAnswer(Schema):
    """What one operator answered. `caller` is set only where its record has another calling number."""

    number: int = Field(ge=1, le=99)
    operator: str = Field(min_length=1, max_length=250)
    state: HopWord
    asked_at: Moment
    due_at: Moment | None = None
    answered_at: Moment | None = None
    upstream: _Name = ""
    trunk: str = Field("", max_length=64)
    call_id: str = Field("", max_length=200)
    recorded_at: Moment | None = None
    clock_offset_ms: _Offset = 0
    caller: _Text = ""
    caller_changed: bool = False
    matched_by: str = Field("", max_length=8)
    candidates: int = Field(0, ge=0, le=32_000)
    reason: str = Field("", max_length=16)
    meant: _Name = ""
    customer_class: str = Field("", max_length=16)
    gateway: _Text = ""

    @classmethod
    def of(cls, hop: TracebackHop) -> Self:
        """Return the answer for a hop. A calling number goes out only where it differs."""
        return cls(**_hop_values(hop) | {"caller": hop.caller if hop.caller_changed else ""})


class TracebackAnswerIn(Schema):
    """What the site of the operator upstream answers to a request, with all hops from it on.

    An answer with a `revision` that is not above the last one changes nothing.
    """

    request: str = Field(pattern=r"^[0-9A-Z]{26}$")
    revision: int = Field(ge=1, le=100_000)
    hops: list[HopAnswer] = Field(min_length=1, max_length=40)


class TracebackReceiptOut(Schema):
    """What a site says to a message: the reference of its own part, and whether it changed anything."""

    ref: str
    is_new: bool


class HopOut(HopAnswer):
    """One hop, with masked calling number and whether its clock ran out."""

    number: int = Field(ge=0, le=99)
    is_late: bool

    @classmethod
    def at(cls, hop: TracebackHop, now: datetime) -> Self:
        """Return a hop as it stands now."""
        return cls(**_hop_values(hop) | {"caller": mask_caller(hop.caller)}, is_late=is_late(hop, now))


class TracebackOut(Schema):
    """A traceback with its hops, the operator's own first. Numbers are masked; `POST …/numbers` discloses them."""

    ref: str
    trace: str
    process: str
    hop: int
    asked_by: str
    initiator: str
    purpose: str
    called: str
    calling: str
    called_at: datetime
    clock_offset_ms: int
    duration_s: float | None
    asked_at: datetime
    due_at: datetime | None
    state: str
    hops: list[HopOut]

    @classmethod
    def of(cls, row: Traceback, state: str, hops: list[TracebackHop], now: datetime) -> Self:
        """Return a traceback whose process is in `state`."""
        plain = ("ref", "trace", "process", "hop", "asked_by", "initiator", "purpose", "called_at", "clock_offset_ms")
        values = {name: getattr(row, name) for name in (*plain, "asked_at", "due_at")}
        return cls(
            **values,
            called=mask_number(row.called),
            calling=mask_caller(row.calling),
            duration_s=None if row.duration_ms is None else row.duration_ms / 1_000,
            state=state,
            hops=[HopOut.at(hop, now) for hop in hops],
        )


class PurposeIn(Schema):
    """Why the numbers of a call are disclosed."""

    purpose: str = Field(min_length=4, max_length=200)


class NumbersOut(Schema):
    """The numbers of a call, and the calling number at each hop that has another one."""

    called: str
    calling: str
    changed: dict[int, str]


class LinkIn(Schema):
    """How another operator's site is reached, and how its messages are known."""

    url: str = Field("", max_length=400)
    secret_file: str = Field("", max_length=80, pattern=r"^[A-Za-z0-9_-]*$")
    their_keys: str = Field("", max_length=1_000)
    answers_alone: bool = True
    is_active: bool = True


class LinkOut(LinkIn):
    """A link: `receive_path` and `our_keys` are what the other operator enters."""

    ref: str
    partner: str
    receive_path: str
    our_keys: list[str]

    @classmethod
    def of(cls, link: TracebackLink, our_keys: list[str]) -> Self:
        """Return a link with our public keys."""
        names = set(LinkIn.model_fields)
        values = {name: getattr(link, name) for name in names}
        path = f"/api/v1/tracebacks/from/{link.ref}"
        return cls(ref=link.ref, partner=link.partner.ref, receive_path=path, our_keys=our_keys, **values)


class TrunkPartyIn(Schema):
    """Who hands calls over at an ingress trunk since a moment."""

    trunk: str = Field(min_length=1, max_length=64)
    kind: Literal["operator", "customer", "foreign"]
    operator: str = ""
    name: _Text = ""
    country: str = Field("", pattern=r"^([A-Z]{2})?$")
    customer_class: str = Field("", max_length=16)
    since: Moment | None = None


class TrunkPartyOut(Schema):
    """An entry on a trunk."""

    trunk: str
    kind: str
    operator: str
    name: str
    country: str
    customer_class: str
    since: datetime

    @classmethod
    def of(cls, party: TrunkParty) -> Self:
        """Return an entry."""
        names = ("trunk", "kind", "name", "country", "customer_class", "since")
        values = {name: getattr(party, name) for name in names}
        return cls(operator=party.operator.ref if party.operator else "", **values)


class OperatorCountOut(Schema):
    """How one operator answers: hops asked, answered in time, late, overdue now, and hops that ended there."""

    operator: str
    asked: int
    in_time: int
    late: int
    overdue: int
    ended: int
    median_seconds: float | None


def is_late(hop: TracebackHop, now: datetime) -> bool:
    """Return whether a hop was answered late or is overdue now."""
    return hop.due_at is not None and (hop.answered_at or now) > hop.due_at


def _hop_values(hop: TracebackHop) -> dict[str, Any]:
    names = set(HopAnswer.model_fields) - {"operator"}
    return {name: getattr(hop, name) for name in names} | {"operator": hop.operator_name}
