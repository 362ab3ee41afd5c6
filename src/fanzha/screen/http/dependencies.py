"""What the HTTP screens ask of the other parts of a screen, and how they are handed over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from fanzha.base.words import Words
from fanzha.screen.attempt import Attempt
from fanzha.screen.call_counters import DoorCounts
from fanzha.screen.decision import Decision
from fanzha.screen.http.authorization import Gate
from fanzha.screen.http.hash_ranges import NumberRanges, UrlPrefixes
from fanzha.screen.mapped_snapshot import Mapped
from fanzha.screen.metrics import Metrics
from fanzha.screen.overload import Overload


class Screener(Protocol):
    """Decides calls."""

    def call(self, attempt: Attempt, then: Callable[[Decision], None]) -> Decision | None:
        """Decide, count the facts and log; never raises, never blocks. Knows the trunk's ingress and what it proves.

        None: a register is asked first, and `then` is told on the loop, within the limit of an answer.
        """

    def unscreened(self, attempt: Attempt, code: str) -> Decision:
        """Return what a call gets that nobody looks at, for this reason, and log it."""


class Fed(NamedTuple):
    """What became of rows that were fed in."""

    taken: int
    refused: int
    why: tuple[str, ...] = ()  # the first reasons, for whoever mends the source


class Feed(Protocol):
    """Takes events in: the rows of `fanzha schema`, one JSON object a line (fanzha.screen.feeds.records)."""

    def take(self, lines: bytes, first: int = 1) -> Fed:
        """Take whole lines, a hundred or so at a time; `first` numbers them. Never raises, never blocks."""


@dataclass(slots=True)
class Parts:
    """What the routes work with. `snapshot` gives the one now served (None: none yet), a new object for a newer one."""

    screener: Screener
    snapshot: Callable[[], Mapped | None]
    feed: Feed | None  # None: events are not taken in here
    gate: Gate
    metrics: Metrics
    calls: DoorCounts
    missing: Callable[[], tuple[Words, ...]]  # what a screen lacks to be ready; anybody may read it
    url_prefixes: UrlPrefixes
    number_ranges: NumberRanges | None  # None: numbers are not told by ranges here
    overload: Overload
