"""Each feed shows how much it delivered, and since when it is silent."""

from dataclasses import dataclass

from fanzha.screen.feeds.feed_monitor import FeedMonitor, FeedTotals
from fanzha.screen.metrics import Metrics


@dataclass
class Feed:
    """A feed and a clock that a test sets."""

    accepted: int = 0
    rejected: int = 0
    now: float = 1_000.0

    def totals(self) -> FeedTotals:
        return FeedTotals(self.accepted, self.rejected)


def silence_lines(metrics: Metrics) -> list[str]:
    return [line for line in metrics.feed_silence.lines() if line[0] != "#"]


def test_an_expected_feed_is_silent_since_the_start_and_any_other_since_its_first_message() -> None:
    feed, metrics = Feed(), Metrics()
    monitor = FeedMonitor(metrics, lambda: feed.now)
    monitor.watch("hep", feed.totals, expected=True)
    monitor.watch("events", feed.totals, expected=False)
    feed.now += 60
    monitor.pass_time()
    assert silence_lines(metrics) == ['fanzha_screen_feed_silence_seconds{feed="hep"} 60.0']
    feed.accepted += 1
    monitor.pass_time()
    feed.now += 5
    assert silence_lines(metrics) == [
        'fanzha_screen_feed_silence_seconds{feed="hep"} 5.0',
        'fanzha_screen_feed_silence_seconds{feed="events"} 5.0',
    ]


def test_rejected_messages_do_not_end_a_silence() -> None:
    feed, metrics = Feed(), Metrics()
    monitor = FeedMonitor(metrics, lambda: feed.now)
    monitor.watch("hep", feed.totals, expected=True)
    feed.rejected, feed.now = 7, feed.now + 9
    monitor.pass_time()
    assert silence_lines(metrics) == ['fanzha_screen_feed_silence_seconds{feed="hep"} 9.0']


def test_messages_are_added_once_however_often_metrics_are_read() -> None:
    feed, metrics = Feed(accepted=4, rejected=1), Metrics()
    FeedMonitor(metrics).watch("dialog", feed.totals, expected=True)
    for _ in range(2):
        metrics.text()
    feed.accepted += 2
    metrics.text()
    counts = [metrics.feed_messages.series_for("dialog", end).value for end in ("taken", "refused")]
    assert counts == [6, 1]
