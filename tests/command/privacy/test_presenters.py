"""The table of retention tells law, limits, setting and last run; an interrupted or overdue run is pointed out."""

from datetime import UTC, datetime, timedelta

from fanzha.base.words import Words
from fanzha.command.privacy.presenters import retention_figures, retention_table
from fanzha.command.privacy.retention_report import RetentionLine

NOW = datetime(2026, 3, 2, tzinfo=UTC)
LINE = RetentionLine(
    title=Words("甲", "Exports"),
    group=Words("乙", "Logs"),
    floor_law=Words("丙", "Law A"),
    ceiling_law=Words("丁", "Law B"),
    floor_days=184,
    ceiling_days=1_096,
    days=366,
    ends=Words("戊", "deleted"),
    oldest_at=NOW,
    run_at=NOW,
    deleted=1_200,
    held=3,
)


def test_a_row_tells_law_limits_setting_and_last_run() -> None:
    (row,) = retention_table([LINE]).rows
    assert row == ("Exports", "Logs: Law A / Law B", "184", "1,096", "366", NOW, NOW, "1,200", "3")


def test_a_table_without_a_period_says_what_ends_its_rows() -> None:
    (row,) = retention_table([LINE._replace(days=0, run_at=None, oldest_at=None)]).rows
    assert row[4] == "deleted" and row[6:] == ("–", "–", "–")


def test_interrupted_and_first_runs_are_told() -> None:
    rows = retention_table([LINE._replace(is_open=True), LINE._replace(run_at=None)]).rows
    assert rows[0][6] == "interrupted, will continue" and rows[1][6:] == ("not yet", "–", "–")


def test_overdue_tables_are_counted() -> None:
    late = LINE._replace(run_at=NOW - timedelta(days=3))
    overdue, deleted, held = retention_figures([LINE, late], NOW)
    assert (overdue.number, overdue.is_harm, deleted.number, held.number) == ("1", True, "2,400", "6")
