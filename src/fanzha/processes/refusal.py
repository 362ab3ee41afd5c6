"""Refusal of an event, with the reason as code and text."""

from collections.abc import Mapping
from enum import StrEnum

from fanzha.base.errors import FanzhaError
from fanzha.base.words import Words


class Reason(StrEnum):
    """Reason codes."""

    UNKNOWN = "unknown"  # no such event, leg or timer
    VERSION = "version"  # the situation belongs to another process or version
    STATE = "state"  # the event does not leave this state
    ENDED = "ended"
    ROLE = "role"  # this actor may not fire it
    OWN_CASE = "own_case"  # the actor is a party to this case
    SAME_PERSON = "same_person"
    SAME_UNIT = "same_unit"
    NOT_ASKED = "not_asked"  # there is no request to answer, or a required earlier event is missing
    EVIDENCE = "evidence"
    RECEIVER = "receiver"  # the organisation cannot be a receiver, or already is one
    TIMER = "timer"  # already fired, cancelled, or not yet due


class Refusal(FanzhaError):
    """An event was refused and nothing has changed; `fields` has the error of each evidence field."""

    def __init__(self, reason: Reason, words: Words, *, fields: Mapping[str, Words] | None = None) -> None:
        super().__init__(f"{words.zh} / {words.en}")
        self.reason = reason
        self.words = words
        self.fields = dict(fields or {})
