"""The retention of every table is described with its laws, its setting and what the last run did."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from fanzha.command.privacy.models import RetentionRun
from fanzha.command.privacy.retention import preview_retention
from fanzha.command.privacy.retention_classes import table_retentions
from fanzha.command.privacy.retention_report import (
    RetentionLine,
    describe_preview,
    describe_run,
    is_overdue,
    retention_lines,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def line(label: str) -> RetentionLine:
    return dict(zip(table_retentions(), retention_lines(), strict=True))[label]


def test_a_preview_names_limits_and_laws(home: Path) -> None:
    described = {row["table"]: row for row in map(describe_preview, preview_retention(NOW))}
    row = described["exports.Unmasking"]
    assert (row["floor"], row["ceiling"], row["days"], row["due"]) == (184, 1_096, 366, 0)
    assert row["law"] == "CSL21,PIPL19,POL" and row["oldest"] is None


def test_a_line_has_the_figures_of_the_last_run(home: Path) -> None:
    assert line("exports.Unmasking").run_at is None
    run = RetentionRun.objects.create(
        table="exports.Unmasking", days=366, before=NOW, started_at=NOW, finished_at=NOW, deleted=4, held=1
    )
    found = line("exports.Unmasking")
    assert (found.deleted, found.held, found.run_at, found.is_open) == (4, 1, NOW, False)
    assert describe_run(run)["deleted"] == 4


def test_a_setting_is_shown(home: Path) -> None:
    (home / "fanzha.toml").write_text('[retention]\n"exports.Unmasking" = 200\n')
    assert line("exports.Unmasking").days == 200


def test_the_log_has_no_days_and_says_why(home: Path) -> None:
    found = line("evidence.PersonalField")
    assert found.days == found.floor_days == 0 and "keys" in found.ends.en and "Art. 21" in found.floor_law.en


def test_the_oldest_event_log_of_a_screen_is_told(home: Path) -> None:
    assert line("screen.event_log").oldest_at is None
    folder = home / "screen" / "log"
    folder.mkdir(parents=True)
    for name in ("2026-02-03T04.jsonl", "2026-02-01T23.jsonl", "0000-00-00T00.jsonl"):
        (folder / name).touch()
    assert line("screen.event_log").oldest_at == datetime(2026, 2, 1, 23, tzinfo=UTC)


def test_a_table_that_was_not_gone_through_for_two_days_is_overdue(home: Path) -> None:
    fresh = line("exports.Unmasking")._replace(run_at=NOW - timedelta(days=1, hours=12))
    assert not is_overdue(fresh, NOW) and is_overdue(fresh._replace(is_open=True), NOW)
    assert is_overdue(fresh._replace(run_at=NOW - timedelta(days=2, hours=1)), NOW)
    assert not is_overdue(line("evidence.LogEntry"), NOW)
