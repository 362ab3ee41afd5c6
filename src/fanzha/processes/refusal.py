"""Why a step is not taken, in words for the one who tried it."""

from collections.abc import Mapping
from enum import StrEnum

from fanzha.base.errors import FanzhaError
from fanzha.base.words import Words


class Reason(StrEnum):
    """The sorts of refusal, for programs."""

    UNKNOWN = "unknown"  # no such event, leg or timer
    VERSION = "version"  # the situation is one of another process or version
    STATE = "state"  # not from here
    ENDED = "ended"
    ROLE = "role"  # not by this actor
    OWN_CASE = "own_case"  # nobody restores himself
    SAME_PERSON = "same_person"
    SAME_UNIT = "same_unit"
    NOT_ASKED = "not_asked"  # answers something that nobody asked, or comes before its time
    EVIDENCE = "evidence"
    RECEIVER = "receiver"  # the organisation cannot be a receiver, or already is one
    TIMER = "timer"  # fired or cancelled before, or not yet due


class Refusal(FanzhaError):
    """An event was refused and nothing has changed; `fields` tells per field of evidence what is wrong."""

    def __init__(self, reason: Reason, words: Words, *, fields: Mapping[str, Words] | None = None) -> None:
        super().__init__(f"{words.zh} / {words.en}")
        self.reason = reason
        self.words = words
        self.fields = dict(fields or {})
