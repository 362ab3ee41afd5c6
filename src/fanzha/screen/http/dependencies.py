"""The services that HTTP routes use, and their protocols."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from fanzha.base.words import Words
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.call_counters import CallCounters
from fanzha.screen.decision import Decision
from fanzha.screen.http.authorization import KeyAuthorizer
from fanzha.screen.http.hash_ranges import NumberRanges, UrlPrefixes
from fanzha.screen.http.redress import Redress
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.screen.metrics import Metrics
from fanzha.screen.overload import OverloadControl
from fanzha.screen.stir.result import SignatureVerifier


class CallScreener(Protocol):
    """Decides calls."""

    def call(self, attempt: CallAttempt, then: Callable[[Decision], None]) -> Decision | None:
        """Decide, count and log; never raise, never block. The trunk's settings add ingress and proof.

        None means that a register is asked first; `then` gets the decision on the loop within the limit of an answer.
        """

    def unscreened(self, attempt: CallAttempt, code: str) -> Decision:
        """Return and log the decision on a call that is not evaluated for this reason."""


class FeedResult(NamedTuple):
    """How many rows of a feed were accepted and rejected."""

    accepted: int
    rejected: int
    reasons: tuple[str, ...] = ()  # the first rejection reasons


class LineFeed(Protocol):
    """Accepts JSON objects, one a line: events (fanzha.screen.feeds.records), registrations."""

    def ingest(self, lines: bytes, first: int = 1) -> FeedResult:
        """Ingest complete lines, about a hundred at a time; `first` numbers them. Never raise, never block."""


@dataclass(slots=True)
class ScreenServices:
    """The services of the routes. `snapshot` returns the served one (None before the first)."""

    screener: CallScreener
    snapshot: Callable[[], MappedSnapshot | None]
    feed: LineFeed | None  # None: this screen accepts no events
    authorizer: KeyAuthorizer
    metrics: Metrics
    call_counters: CallCounters
    missing: Callable[[], tuple[Words, ...]]  # what is missing for readiness; readable without a key
    url_prefixes: UrlPrefixes
    number_ranges: NumberRanges | None  # None: number ranges are disabled
    overload: OverloadControl
    registrations: LineFeed | None = None  # None: this screen accepts no registrations
    verifier: SignatureVerifier | None = None  # None: signatures are not verified here
    redress: Redress | None = None  # None: no contact for appeals is configured
