"""Distances are said in the largest whole unit, and as ahead or past, in both languages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from fanzha.command.web.relative_time import relative_time, span_words

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("distance", "english", "chinese"),
    [
        (timedelta(seconds=59), "now", "现在"),
        (timedelta(seconds=-59), "now", "现在"),
        (timedelta(minutes=42), "in 42 min.", "42分钟后"),
        (timedelta(minutes=-90), "1 hr. ago", "1小时前"),
        (timedelta(hours=25), "in 1 day", "1天后"),
        (timedelta(days=-3), "3 days ago", "3天前"),
    ],
)
def test_a_distance_in_words(distance: timedelta, english: str, chinese: str) -> None:
    with translation.override("en"):
        assert relative_time(NOW + distance, NOW) == english
    with translation.override("zh-hans"):
        assert relative_time(NOW + distance, NOW) == chinese


@pytest.mark.parametrize(
    ("span", "english", "chinese"),
    [
        ("30min", "30 minutes", "30分钟"),
        ("1h", "1 hour", "1小时"),
        ("24h", "24 hours", "24小时"),
        ("10d", "10 days", "10天"),
        ("0s", "at once", "立即"),
    ],
)
def test_a_span_in_words(span: str, english: str, chinese: str) -> None:
    with translation.override("en"):
        assert span_words(span) == english
    with translation.override("zh-hans"):
        assert span_words(span) == chinese
