"""Sources, screens and jobs are read from what they tell; what is silent or does not answer is said."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.errors import UsageError
from fanzha.command.health.components import (
    HealthSettings,
    ScreenAddress,
    ask_screens,
    fetch,
    load_health_settings,
    parse_metrics,
    read_detection,
)

NOW = timezone.now().replace(microsecond=0)
METRICS = """# HELP fanzha_screen_calls_total calls answered
fanzha_screen_calls_total{door="sip",treatment="refuse"} 3
fanzha_screen_calls_total{door="sip",treatment="allow"} 40
fanzha_screen_shed_total{door="sip"} 2
fanzha_screen_snapshot_age_seconds 90
fanzha_screen_unscreened_calls_total{door="sip",why="late"} 1
not a sample
"""


def write_status(home: Path, *, at: datetime = NOW, **status: object) -> None:
    (home / "watch").mkdir(exist_ok=True)
    told = {"at": to_ms(at), "counts": {"rejects": 7, "late": {"calls/": 5}}, "pending": 3, **status}
    (home / "watch" / "status.json").write_text(json.dumps(told))
    quiet = {"calls/": 2_400, "texts/": 30, 'a "b"': 1}
    lines = [f"fanzha_watch_source_quiet_seconds{{source={json.dumps(name)}}} {value}" for name, value in quiet.items()]
    (home / "watch" / "metrics.prom").write_text("\n".join([*lines, ""]))


def test_a_source_is_silent_after_its_minutes_or_by_what_was_learned(home: Path) -> None:
    write_status(
        home, alarms={"texts/": "less"}, problems={"gone/": "no such folder"}, age_seconds={"calls/": {"p99": 8}}
    )
    found = read_detection(HealthSettings(), NOW)
    assert found is not None and not found.is_stopped and (found.rejects, found.pending) == (7, 3)
    sources = {source.name: source for source in found.sources}
    assert set(sources) == {"calls/", "texts/", "gone/", 'a "b"'}
    assert sources["calls/"].is_silent and sources["calls/"].quiet == timedelta(minutes=40)
    assert (sources["calls/"].age_seconds, sources["calls/"].late) == (8, 5)
    assert not sources["texts/"].is_silent and sources["texts/"].less
    assert sources["gone/"].problem == "no such folder"
    patient = read_detection(HealthSettings(sources={"calls/": 60.0}), NOW)
    assert patient is not None and not any(source.is_silent for source in patient.sources)


def test_silence_goes_on_while_detection_has_stopped(home: Path) -> None:
    write_status(home, at=NOW - timedelta(hours=1))
    found = read_detection(HealthSettings(), NOW)
    assert found is not None and found.is_stopped and all(source.is_silent for source in found.sources)


def test_what_never_ran_is_nothing_and_a_damaged_status_is_named(home: Path) -> None:
    assert read_detection(HealthSettings(), NOW) is None
    write_status(home)
    (home / "watch" / "status.json").write_text("{")
    with pytest.raises(UsageError, match="status.json"):
        read_detection(HealthSettings(), NOW)


def test_settings_that_are_wrong_are_named(home: Path) -> None:
    (home / "fanzha.toml").write_text(
        '[health]\nsilent_minutes = 30\n[health.screens.one]\naddress = "http://127.0.0.1:1"\n'
    )
    assert load_health_settings().screens["one"].address == "http://127.0.0.1:1"
    (home / "fanzha.toml").write_text("[health]\nsilent_minutes = 0\n")
    with pytest.raises(UsageError, match=r"\[health\]"):
        load_health_settings()


def answer(url: str, key: str) -> str:
    if url.startswith("http://down/"):
        raise ConnectionRefusedError("refused")
    if url.endswith("/health/ready"):
        return "ok\n"
    if key != "secret":
        raise PermissionError("401")
    return METRICS


def test_a_screen_is_asked_with_its_key(home: Path) -> None:
    (home / "metrics.key").write_text("secret\n")
    (home / "wrong.key").write_text("other\n")
    screens = {
        "down": ScreenAddress("http://down"),
        "keyless": ScreenAddress("http://up/"),
        "known": ScreenAddress("http://up/", "metrics.key"),
        "wrong": ScreenAddress("http://up/", "wrong.key"),
    }
    down, keyless, known, wrong = ask_screens(HealthSettings(screens=screens), answer)
    assert down[1:] == ("refused", None, None, None, None, None)
    assert keyless[1:] == ("", None, None, None, None, None)
    assert known[1:] == ("", timedelta(seconds=90), 43, 3, 1, 2)
    assert wrong.problem == "401" and wrong.answered is None
    assert ask_screens(HealthSettings(), answer) == []


def test_only_addresses_of_http_are_asked() -> None:
    with pytest.raises(ValueError, match="no http"):
        fetch("file:///etc/passwd")


def test_labels_are_read_with_their_escapes() -> None:
    text = 'a_total{source="x \\"y\\"",n="1"} 2.5\nb 3\nc nonsense\n'
    assert parse_metrics(text) == [("a_total", {"source": 'x "y"', "n": "1"}, 2.5), ("b", {}, 3.0)]


def test_what_a_source_brought_and_what_is_usual_is_read(home: Path) -> None:
    activity = {"last_at": to_ms(NOW), "usual_gap_ms": 120_000, "usual_count": 400, "hours": [3, 0]}
    write_status(home, activity={"texts/": activity}, counts={"tables": {"texts/": ["message"]}})
    found = read_detection(HealthSettings(sources={"texts/": 20}), NOW)
    assert found is not None
    source = {one.name: one for one in found.sources}["texts/"]
    assert (source.usual_gap, source.usual_count, source.hours) == (timedelta(minutes=2), 400, [3, 0])
    assert (source.tables, source.silent_after) == (["message"], timedelta(minutes=20))
