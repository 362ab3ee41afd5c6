"""A process as data: states, events, deadlines and legs, as its YAML text gives them."""

from enum import StrEnum

import msgspec

from fanzha.base.words import Words
from fanzha.processes.effects import Effect, Escalation
from fanzha.processes.evidence import EvidenceField


class _ProcessPart(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"sources": "from", "during": "while", "calendar_kind": "calendar", "then": "passes"},
):
    """Words that Python keeps for itself are keys in the text."""


class DataCategory(StrEnum):
    """Whether a process lives here, or is a mirror of one that another system owns."""

    OWNED = "owned"
    MIRRORED = "mirrored"


class Clock(StrEnum):
    """How a span is counted: every hour, or only working ones."""

    CLOCK = "clock"
    BUSINESS = "business"


class NoticeTemplate(_ProcessPart, frozen=True, kw_only=True):
    """What the person concerned is told on entering a limiting state (ATF Art. 32): never thresholds, never rules."""

    fact: Words
    remedy: Words
    period: Words | None = None
    until: str = ""  # a kept moment that ends the limit
    withheld_until: str = ""  # a kept moment before which the notice waits (police case, document needed)


class ProcessState(_ProcessPart, frozen=True, kw_only=True):
    """One state. A state without a way out by time says why it `waits`."""

    title: Words
    end: bool = False
    limiting: bool = False  # a person, number, line, account or firm is held back
    attention: bool = False  # the owner has to do something
    counts: bool = True  # legs: whether "all legs are …" asks about this one
    waits: Words | None = None
    notice: NoticeTemplate | None = None


class Undo(_ProcessPart, frozen=True, kw_only=True):
    """How the effect of an event is taken back, and whether that must be proven."""

    by: str
    proof: bool


class EmergencyRule(_ProcessPart, frozen=True, kw_only=True):
    """One person may approve, for at most 24 hours, if a second one ratifies within two."""

    ratified_by: str
    expiry: str  # the field of evidence that ends it


class Event(_ProcessPart, frozen=True, kw_only=True):
    """One thing that can be done. Without `from` it opens the process; without `to` the state stays."""

    title: Words
    sources: tuple[str, ...] = ()
    to: str = ""
    who: tuple[str, ...]
    basis: tuple[str, ...]
    evidence: dict[str, EvidenceField] = {}
    other_than: tuple[str, ...] = ()  # a person other than who fired these last
    answers: tuple[str, ...] = ()  # only while one of these is unanswered
    only_after: tuple[str, ...] = ()  # only when one of these was fired before
    instead: dict[str, str] = {}  # where this yes-or-no field, given here or kept, is yes: the event that happens then
    appeal: bool = False
    decides_appeal: bool = False  # by another person and unit than who decided before
    emergency: EmergencyRule | None = None
    undo: Undo | None = None
    effects: tuple[Effect, ...] = ()
    told: Words | None = None  # what the one concerned is told where no limit is
    opens_process: str = ""
    opens_legs: str = ""  # a kept field of organisations
    legs_do: tuple[str, ...] = ()  # fired on every leg where they are possible
    forwards_to: str = ""  # legs: a field of evidence naming who is asked instead


class DeadlineStep(_ProcessPart, frozen=True, kw_only=True):
    """What happens when a deadline passes: somebody is called, or the system fires an event."""

    after: str = ""  # counted from the step before
    fire: str = ""
    escalate: Escalation | None = None


class Deadline(_ProcessPart, frozen=True, kw_only=True):
    """A named setting: how long may be waited, counted how, on which basis, found in a source or proposed."""

    title: Words
    during: tuple[str, ...] = ()  # set on entering one of these states, cancelled on leaving them
    after: tuple[str, ...] = ()  # or: set by these events
    stopped_by: tuple[str, ...] = ()  # and cancelled by these
    since: str = ""  # a kept moment to count from, instead of the moment of the step
    if_given: bool = False  # without that moment there is no such deadline
    span: str = ""
    spans: dict[str, str] = {}  # by the choice that `chosen_by` was given
    chosen_by: str = ""
    calendar_kind: Clock = Clock.CLOCK
    longest: str = ""  # an operator may not set more
    sourced: bool
    basis: tuple[str, ...]
    then: tuple[DeadlineStep, ...]


class Machine(_ProcessPart, frozen=True, kw_only=True):
    """States, events and deadlines that belong together."""

    states: dict[str, ProcessState]
    events: dict[str, Event]
    deadlines: dict[str, Deadline] = {}


class LegsCondition(_ProcessPart, frozen=True, kw_only=True):
    """When `all` or `any` of the legs are in these states, the system fires an event of the process."""

    when: str
    legs: tuple[str, ...]
    sources: tuple[str, ...]
    fire: str


class Legs(Machine, frozen=True, kw_only=True):
    """The machine that runs once for each receiving organisation."""

    title: Words
    receivers: tuple[str, ...]
    start: str
    moves: tuple[LegsCondition, ...]


class Process(Machine, frozen=True, kw_only=True):
    """One process; `text` is the YAML that it was read from, to be kept with what runs by it."""

    name: str
    version: int
    title: Words
    about: Words
    duty: str
    data: DataCategory
    owners: tuple[str, ...]
    notice: NoticeTemplate | None = None  # of every limiting state that has none of its own
    legs: Legs | None = None
    text: str = ""

    def notice_for(self, state: str) -> NoticeTemplate | None:
        """Return what is told on entering a state, None where nobody is limited."""
        state_definition = self.states[state]
        return (state_definition.notice or self.notice) if state_definition.limiting else None

    def machine_for(self, event: str) -> Machine | None:
        """Return the machine that has this event: the process, its legs, or None."""
        if event in self.events:
            return self
        return self.legs if self.legs and event in self.legs.events else None

    @property
    def opening(self) -> dict[str, Event]:
        """The events that begin a running process."""
        return {name: event for name, event in self.events.items() if not event.sources}
