"""Data model of a process: states, events, deadlines and legs, as in its YAML text."""

from enum import StrEnum

import msgspec

from fanzha.base.words import Words
from fanzha.processes.documents import DocumentType
from fanzha.processes.effects import Effect, Escalation
from fanzha.processes.evidence import EvidenceField


class _ProcessPart(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"sources": "from", "during": "while", "calendar_kind": "calendar", "then": "passes"},
):
    """Base struct; keys that are Python keywords have other attribute names."""


class DataCategory(StrEnum):
    """Whether this system owns the process, or mirrors one that another system owns."""

    OWNED = "owned"
    MIRRORED = "mirrored"


class Clock(StrEnum):
    """How a span is counted: in calendar time, or in working hours and days."""

    CLOCK = "clock"
    BUSINESS = "business"


class NoticeTemplate(_ProcessPart, frozen=True, kw_only=True):
    """Notice to the person concerned on entering a limiting state (ATF Art. 32), without thresholds and rules."""

    fact: Words
    remedy: Words
    period: Words | None = None
    until: str = ""  # a kept moment that ends the limit
    withheld_until: str = ""  # a kept moment before which the notice waits (police case, document needed)


class ProcessState(_ProcessPart, frozen=True, kw_only=True):
    """One state. A state without a deadline gives the reason in `waits`."""

    title: Words
    end: bool = False
    limiting: bool = False  # a person, number, line, account or firm is held back
    attention: bool = False  # the owner has to do something
    counts: bool = True  # legs: whether "all legs are …" asks about this one
    waits: Words | None = None
    notice: NoticeTemplate | None = None


class Undo(_ProcessPart, frozen=True, kw_only=True):
    """The event that undoes the effect of another one, and whether proof is required."""

    by: str
    proof: bool


class EmergencyRule(_ProcessPart, frozen=True, kw_only=True):
    """One person may approve for at most 24 hours; a second person must ratify within two hours."""

    ratified_by: str
    expiry: str  # the field of evidence that ends it


class Event(_ProcessPart, frozen=True, kw_only=True):
    """One action. Without `from` it opens the process; without `to` the state does not change."""

    title: Words
    sources: tuple[str, ...] = ()
    to: str = ""
    who: tuple[str, ...]
    basis: tuple[str, ...]
    evidence: dict[str, EvidenceField] = {}
    other_than: tuple[str, ...] = ()  # must be another person than fired these events last
    answers: tuple[str, ...] = ()  # allowed only while one of these events is unanswered
    only_after: tuple[str, ...] = ()  # allowed only after one of these events
    instead: dict[str, str] = {}  # yes-or-no field -> event that replaces this one if the field is yes
    appeal: bool = False
    decides_appeal: bool = False  # must be another person and unit than decided before
    emergency: EmergencyRule | None = None
    undo: Undo | None = None
    effects: tuple[Effect, ...] = ()
    primary: bool = False  # the main step of its state; pages offer it first
    harmful: bool = False  # undoes or ends something, or limits somebody
    rare: bool = False  # seldom needed; pages offer it under "more"
    done: Words | None = None  # what is said once it is taken, in the past tense
    told: Words | None = None  # notice to the person concerned if the new state is not limiting
    documents: dict[DocumentType, tuple[str, ...]] = {}  # what it produces, with the fields of evidence that it states
    opens_process: str = ""
    opens_legs: str = ""  # a kept field with the receiving organisations
    legs_do: tuple[str, ...] = ()  # events to fire on every leg; the first possible one is fired
    forwards_to: str = ""  # legs: evidence field with the organisation to forward to


class DeadlineStep(_ProcessPart, frozen=True, kw_only=True):
    """Action on expiry of a deadline: escalate, or let the system fire an event."""

    after: str = ""  # span after the step before
    fire: str = ""
    escalate: Escalation | None = None


class Deadline(_ProcessPart, frozen=True, kw_only=True):
    """A named time limit with its span, clock, legal basis and whether the span is from a source or proposed."""

    title: Words
    during: tuple[str, ...] = ()  # set on entering one of these states, cancelled on leaving them
    after: tuple[str, ...] = ()  # or: set by these events
    stopped_by: tuple[str, ...] = ()  # and cancelled by these
    since: str = ""  # a kept moment to count from, instead of the moment of the step
    if_given: bool = False  # no deadline is set while `since` has no value
    span: str = ""
    spans: dict[str, str] = {}  # by the value of the choice field `chosen_by`
    chosen_by: str = ""
    calendar_kind: Clock = Clock.CLOCK
    longest: str = ""  # upper limit for the operator's setting
    sourced: bool
    basis: tuple[str, ...]
    then: tuple[DeadlineStep, ...]


class Machine(_ProcessPart, frozen=True, kw_only=True):
    """A state machine: states, events and deadlines."""

    states: dict[str, ProcessState]
    events: dict[str, Event]
    deadlines: dict[str, Deadline] = {}


class LegsCondition(_ProcessPart, frozen=True, kw_only=True):
    """Fire an event of the process when `all` or `any` of the legs are in the given states."""

    when: str
    legs: tuple[str, ...]
    sources: tuple[str, ...]
    fire: str


class LegRequest(_ProcessPart, frozen=True, kw_only=True):
    """What the system of a receiver is asked to do when its leg comes into a state, and which evidence goes with it.

    `fields` are evidence fields of the process; of each, the last value that was given goes out, of those in `every`
    all values, the first one first. `when_forwarded` names instead, for a leg to which another was forwarded, the
    fields of the step that forwarded it. `only_for` names the kinds or groups of organisations that alone get a field.
    `answers` replaces those of the legs for this request.
    """

    title: Words
    action: str
    fields: tuple[str, ...] = ()
    every: tuple[str, ...] = ()
    about: bool = False  # the subject that the process was opened on goes out too, if no step names it
    when_forwarded: dict[str, str] = {}
    only_for: dict[str, tuple[str, ...]] = {}
    undo: bool = False  # it takes back what was asked before
    answers: dict[str, str] = {}  # word of an answer -> event


class LegContent(_ProcessPart, frozen=True, kw_only=True):
    """What legs carry to the systems of receivers, and which event of the leg each answer fires."""

    by_hand: Words | None = None  # nothing is sent; the reason
    targets: bool = False  # an order: its targets, as an instruction
    requests: dict[str, LegRequest] = {}  # by the state of the leg
    personal: tuple[str, ...] = ()  # the fields with personal data that go out
    answers: dict[str, str] = {}  # word of an answer -> event
    undo_answers: dict[str, str] = {}


#: Words by which the systems of receivers answer (`fanzha.dispose.AnswerState`).
ANSWERS = ("acknowledged", "refused", "forwarded", "executed", "failed")


class Legs(Machine, frozen=True, kw_only=True):
    """The state machine that runs once for each receiving organisation."""

    title: Words
    receivers: tuple[str, ...]
    start: str
    moves: tuple[LegsCondition, ...]
    carries: LegContent | None = None  # None only in a text that was stored before it was asked for


class Process(Machine, frozen=True, kw_only=True):
    """One process; `text` is its YAML source, stored with each instance."""

    name: str
    version: int
    title: Words
    about: Words
    duty: str
    data: DataCategory
    owners: tuple[str, ...]
    notice: NoticeTemplate | None = None  # default of limiting states
    legs: Legs | None = None
    text: str = ""

    def notice_for(self, state: str) -> NoticeTemplate | None:
        """Return the notice on entering a state, or None if the state is not limiting."""
        state_definition = self.states[state]
        return (state_definition.notice or self.notice) if state_definition.limiting else None

    def machine_for(self, event: str) -> Machine | None:
        """Return the machine that has this event: the process, its legs, or None."""
        if event in self.events:
            return self
        return self.legs if self.legs and event in self.legs.events else None

    @property
    def opening(self) -> dict[str, Event]:
        """The events that open a process instance."""
        return {name: event for name, event in self.events.items() if not event.sources}
