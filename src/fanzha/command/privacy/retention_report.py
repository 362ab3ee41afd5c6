"""Describe the retention of tables for the command line and for the page of administrators."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from fanzha.base.words import Words
from fanzha.command.privacy.models import RetentionRun
from fanzha.command.privacy.retention import RetentionPreview, last_runs
from fanzha.command.privacy.retention_classes import FILE_TABLES, KEEPS_WORDS, Keeps, TableRetention, table_retentions
from fanzha.command.privacy.retention_settings import bases_text, load_retention_days
from fanzha.store.state_folder import state_folder

_SCREEN = Words("由筛查服务按其设置 [log] days 删除", "deleted by the screen, after [log] days of its settings")
_HOUR_FILE = "%Y-%m-%dT%H"


def describe_preview(preview: RetentionPreview) -> dict[str, object]:
    """Return what a run would do to one table, with the limits of the law."""
    limits = preview.table.retention_class
    return {
        "table": preview.table.label,
        "floor": limits.floor_days,
        "ceiling": limits.ceiling_days,
        "days": preview.days,
        "due": preview.due,
        "held": preview.held,
        "oldest": _iso(preview.oldest_at),
        "law": ",".join(dict.fromkeys((*limits.floor_basis, *limits.ceiling_basis))),
    }


def describe_run(run: RetentionRun) -> dict[str, object]:
    """Return what a run did to one table."""
    return {
        "table": run.table,
        "days": run.days,
        "deleted": run.deleted,
        "held": run.held,
        "oldest": _iso(run.oldest_at),
        "finished": _iso(run.finished_at),
    }


class RetentionLine(NamedTuple):
    """One table on the page: the laws, the limits, the setting, and the last run.

    `days` is 0 for a table whose rows do not end by age; `ends` says what ends them. `run_at` is None before the first
    run, `is_open` is whether a run was interrupted.
    """

    title: Words
    group: Words
    floor_law: Words
    ceiling_law: Words
    floor_days: int
    ceiling_days: int
    days: int
    ends: Words
    oldest_at: datetime | None = None
    run_at: datetime | None = None
    is_open: bool = False
    deleted: int = 0
    held: int = 0


def retention_lines() -> list[RetentionLine]:
    """Return all tables in the order of `retention.toml`. The figures are those of the last runs."""
    days, runs = load_retention_days(), last_runs()
    return [_line(table, days.get(label, 0), runs.get(label)) for label, table in table_retentions().items()]


def _line(table: TableRetention, days: int, run: RetentionRun | None) -> RetentionLine:
    limits = table.retention_class
    line = RetentionLine(
        title=table.title,
        group=limits.title,
        floor_law=bases_text(limits.floor_basis),
        ceiling_law=bases_text(limits.ceiling_basis),
        floor_days=limits.floor_days if table.keeps is Keeps.PERIOD else 0,
        ceiling_days=limits.ceiling_days if table.keeps is Keeps.PERIOD else 0,
        days=days,
        ends=KEEPS_WORDS[table.keeps],
    )
    if table.label in FILE_TABLES:
        return line._replace(
            floor_days=limits.floor_days,
            ceiling_days=limits.ceiling_days,
            ends=_SCREEN,
            oldest_at=_oldest_screen_log(),
        )
    if run is None:
        return line
    return line._replace(
        oldest_at=run.oldest_at,
        run_at=run.finished_at or run.started_at,
        is_open=run.finished_at is None,
        deleted=run.deleted,
        held=run.held,
    )


def _oldest_screen_log() -> datetime | None:
    """Return the time of the oldest file of the screens' event logs in the state folder."""
    names = sorted(path.stem for path in (state_folder() / "screen" / "log").glob("????-??-??T??.jsonl"))
    for name in names:
        try:
            return datetime.strptime(name, _HOUR_FILE).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def is_overdue(line: RetentionLine, now: datetime) -> bool:
    """Return whether a table was not gone through for two days, or a run was interrupted longer than a day."""
    if not line.days or line.run_at is None:
        return False
    return line.run_at < now - timedelta(days=1 if line.is_open else 2)
