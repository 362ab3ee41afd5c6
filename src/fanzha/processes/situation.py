"""State of one process instance: current state, legs, history and timers."""

import msgspec

from fanzha.base.words import Words
from fanzha.processes.effects import Effect, Escalation
from fanzha.processes.evidence import EvidenceField
from fanzha.processes.parties import Party, PartyRole

#: Value of an evidence field or kept fact; lists are tuples.
Value = str | int | float | bool | Party | tuple[str | int | float | Party, ...]


class StepRecord(msgspec.Struct, frozen=True, kw_only=True, rename={"party_roles": "standings"}):
    """One fired event. `at` is UTC ms; `number` counts from 1 within a process instance."""

    number: int
    event: str
    at: int
    state: str  # the state after it, of the process or of the leg
    before: str  # the state before it, "" when it opened the process
    leg: str = ""
    person: str = ""
    organization: str = ""
    unit: str = ""
    party_roles: tuple[PartyRole, ...] = ()


class LegState(msgspec.Struct, frozen=True, kw_only=True):
    """The leg of one receiving organisation and its state."""

    id: str
    receiver: Party
    state: str
    entered_at: int
    forwarded_from: str = ""  # the leg that was forwarded to this receiver


class RunningTimer(msgspec.Struct, frozen=True, kw_only=True):
    """A running timer of a deadline. Its id is unique, so that it fires only once."""

    id: str
    deadline: str
    due: int  # UTC ms
    step: int = 0  # which of the deadline's steps comes next
    leg: str = ""


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """Immutable state; `ref` is the caller's reference of the process instance, `facts` are the kept fields."""

    ref: str
    process: str
    version: int
    owner: Party
    state: str
    entered_at: int
    history: tuple[StepRecord, ...] = ()
    legs: tuple[LegState, ...] = ()
    timers: tuple[RunningTimer, ...] = ()
    facts: dict[str, Value] = {}

    def leg(self, id: str) -> LegState | None:
        """Return one leg."""
        return next((leg for leg in self.legs if leg.id == id), None)

    @property
    def next_due(self) -> int | None:
        """The earliest moment at which a deadline passes, UTC ms."""
        return min((timer.due for timer in self.timers), default=None)


class RequestedEffect(msgspec.Struct, frozen=True, kw_only=True):
    """One effect to run after the change is recorded, once per `key`."""

    effect: Effect
    key: str
    event: str
    leg: str = ""
    to: Escalation | None = None  # of ESCALATE
    deadline: str = ""  # of ESCALATE
    process: str = ""  # of OPEN_PROCESS
    parties: tuple[str, ...] = ()  # of NOTIFY_NAMED: organisations


class PersonNotice(msgspec.Struct, frozen=True, kw_only=True):
    """Notice to the person concerned: fact, period or end, legal basis, remedy; `key` is that of its NOTIFY_SUBJECT.

    It is sent at once, or from `not_before` (UTC ms) on.
    """

    key: str
    fact: Words
    basis: Words
    remedy: Words | None = None
    period: Words | None = None
    until: int | None = None
    not_before: int | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one event: the new situation, and everything to record and run."""

    situation: Situation
    steps: tuple[StepRecord, ...]
    evidence: dict[str, Value]  # of the first step, checked
    timers_set: tuple[RunningTimer, ...]
    timers_cancelled: tuple[RunningTimer, ...]
    legs_opened: tuple[LegState, ...]
    effects: tuple[RequestedEffect, ...]
    notices: tuple[PersonNotice, ...]
    passed: RunningTimer | None = None  # the expired timer that caused the change


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the current state: the evidence it needs, and why this actor may not fire it, if so."""

    event: str
    title: Words
    evidence: dict[str, EvidenceField]
    why_not: Words | None = None
    due: int | None = None  # earliest deadline of the current state, UTC ms
    leg: str = ""
    personal: bool = False  # the role fits: refused because of what this person, or the unit, did before

    @property
    def allowed(self) -> bool:
        """Whether this actor may fire it now."""
        return self.why_not is None
