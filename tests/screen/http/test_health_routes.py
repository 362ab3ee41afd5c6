"""Whoever watches a screen is told how it is: alive, ready or what it lacks, and every figure."""

from tests.screen.http.client import Screen, ask

from fanzha.base.words import Words
from fanzha.store.screen_keys import KeyScope


def test_a_screen_that_answers_lives(screen: Screen) -> None:
    screen.missing = (Words("快照", "a snapshot"),)
    assert ask(screen, "GET", "/health/live").json == {"state": "live"}


def test_a_screen_is_ready_when_nothing_is_missing_and_else_says_what_is(screen: Screen) -> None:
    assert ask(screen, "GET", "/health/ready").json == {"state": "ready"}
    screen.missing = (Words("快照", "a snapshot"), Words("日志", "the log"))
    chinese, english = (ask(screen, "GET", "/health/ready", headers={"accept-language": line}) for line in ("zh", "en"))
    assert chinese.status == english.status == 503
    assert screen.metrics.ready.series_for().value == 0
    assert chinese.json["detail"] == "缺少：快照；日志" and english.json["detail"] == "missing: a snapshot; the log"


def test_all_figures_are_told_as_prometheus_asks(screen: Screen) -> None:
    ask(screen, "GET", "/health/live")
    answer = ask(screen, "GET", "/metrics", scope=KeyScope.METRICS)
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert b'fanzha_screen_http_requests_total{route="health_live",status="2xx"} 1\n' in answer.body
