"""Warnings, parts of their messages and outcomes, as the outbox of warnings stores them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from fanzha.base.words import Words


class OutcomeKind(StrEnum):
    """What became of a warning. SENT may be followed by DELIVERED or UNDELIVERED; CALLED has the result of a call."""

    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    CALLED = "called"


class PartState(StrEnum):
    """State of one part of a message. PLANNED: its bytes have not left."""

    PLANNED = "planned"
    BEGUN = "begun"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


class OutgoingWarning(NamedTuple):
    """A warning to one person; times are UTC milliseconds. `key` identifies it: one key is sent once.

    `wording` names the words, as in `fake_loan/1`.
    """

    key: str
    channel: str
    recipient: str
    words: Words
    created_at: int
    expires_at: int
    fraud_type: str = ""
    advice: Words = Words("", "")
    wording: str = ""


class QueuedWarning(NamedTuple):
    """A warning in the outbox, and how often sending it was tried."""

    id: int
    warning: OutgoingWarning
    attempts: int


class WarningOutcome(NamedTuple):
    """One outcome of a warning, in the order in which they happened; `at` is UTC milliseconds."""

    id: int
    key: str
    channel: str
    kind: OutcomeKind
    wording: str
    at: int
    details: Mapping[str, str]
