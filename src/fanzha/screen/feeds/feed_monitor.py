"""Count what each feed delivers, and how long it has been silent."""

import time
from collections.abc import Callable
from typing import NamedTuple

from fanzha.screen.metrics import Metrics


class FeedTotals(NamedTuple):
    """How many messages or rows a feed has delivered since the start: accepted, and rejected."""

    accepted: int
    rejected: int


class FeedMonitor:
    """Reads the totals of the feeds; `pass_time` is called often, so that the time of the last message is exact.

    A feed is silent since its last accepted message. One that is `expected` is silent since the start of the process
    before its first, any other has no figure until then.
    """

    def __init__(self, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` is monotonic, in seconds."""
        self._metrics, self._clock = metrics, clock
        self._feeds: dict[str, Callable[[], FeedTotals]] = {}  # by name, one of fanzha.screen.metrics.FEEDS
        self._collected: dict[str, FeedTotals] = {}
        self._last: dict[str, tuple[int, float]] = {}  # number of accepted messages, and when it last grew
        metrics.collectors.append(self.collect)

    def watch(self, name: str, read_totals: Callable[[], FeedTotals], *, expected: bool) -> None:
        """Watch a feed."""
        self._feeds[name], self._collected[name] = read_totals, FeedTotals(0, 0)
        if expected:
            self._last[name] = read_totals().accepted, self._clock()
            self._show_silence(name)

    def pass_time(self) -> None:
        """Note which feeds have delivered something since the last time."""
        for name, read_totals in self._feeds.items():
            accepted = read_totals().accepted
            if accepted != self._last.get(name, (0, 0.0))[0]:
                if name not in self._last:
                    self._show_silence(name)
                self._last[name] = accepted, self._clock()

    def collect(self) -> None:
        """Add the counts since the last time to the metrics."""
        self.pass_time()
        for name, read_totals in self._feeds.items():
            totals, collected = read_totals(), self._collected[name]
            self._metrics.feed_messages.series_for(name, "taken").value += totals.accepted - collected.accepted
            self._metrics.feed_messages.series_for(name, "refused").value += totals.rejected - collected.rejected
            self._collected[name] = totals

    def _show_silence(self, name: str) -> None:
        self._metrics.feed_silence.set_function(lambda: self._clock() - self._last[name][1], name)
