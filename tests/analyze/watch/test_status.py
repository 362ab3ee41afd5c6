"""What `status.json` and `metrics.prom` say."""

from fanzha.analyze.watch.detection import WatchCounts
from fanzha.analyze.watch.status import WatchStatus, format_metrics


def test_ages_and_alarms_are_metrics_by_source() -> None:
    ages = [0] * 32
    ages[0], ages[3] = 10, 1  # ten events under a second old, one of 4 to 8 s
    counts = WatchCounts(events={"call_offered": 11}, ages={"in": ages}, delays={"in": ages})
    status = WatchStatus(
        at=0,
        step=1,
        newest=1_500,
        released_until=0,
        pending=2,
        counts=counts,
        suggested_lateness_seconds=counts.suggest_lateness(),
        alarms={"in": "less"},
    )
    text = format_metrics(status, {"in": 2_500, 'a"b': 0})
    for line in (
        'fanzha_watch_events_total{table="call_offered"} 11',
        'fanzha_watch_event_age_seconds_bucket{source="in",le="1"} 10',
        'fanzha_watch_event_age_seconds_bucket{source="in",le="8"} 11',
        'fanzha_watch_event_age_seconds_count{source="in"} 11',
        'fanzha_watch_suggested_lateness_seconds{source="in"} 8',
        'fanzha_watch_source_quiet_seconds{source="in"} 2.5',
        'fanzha_watch_source_alarm{source="in",alarm="less"} 1',
        'fanzha_watch_source_alarm{source="in",alarm="silent"} 0',
        'fanzha_watch_source_alarm{source="a\\"b",alarm="silent"} 0',
        "fanzha_watch_newest_seconds 1.5",
        "fanzha_watch_pending 2",
    ):
        assert line in text.splitlines()
