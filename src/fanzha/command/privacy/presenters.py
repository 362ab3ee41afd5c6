"""Present retention: one table of all tables, and key figures."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.command.privacy.retention_report import RetentionLine, is_overdue
from fanzha.command.web.components import DataTable, KeyFigure
from fanzha.command.web.i18n import localize


def retention_table(lines: list[RetentionLine]) -> DataTable:
    """Return the tables with law, floor, ceiling, setting, oldest row and last run."""
    head = (
        _("Table"),
        _("Class and law"),
        _("Floor, days"),
        _("Ceiling, days"),
        _("Setting, days"),
        _("Oldest row ended"),
        _("Last run"),
        _("Deleted"),
        _("On hold"),
    )
    return DataTable(_("Retention of each table"), head, tuple(map(_row, lines)), frozenset({2, 3, 4, 7, 8}))


def retention_figures(lines: list[RetentionLine], now: datetime) -> list[KeyFigure]:
    """Return how many tables are overdue, and what the last runs deleted and held."""
    overdue = sum(is_overdue(line, now) for line in lines)
    deleted, held = sum(line.deleted for line in lines), sum(line.held for line in lines)
    return [
        KeyFigure(f"{overdue:,}", ngettext("table overdue", "tables overdue", overdue), is_harm=bool(overdue)),
        KeyFigure(f"{deleted:,}", ngettext("row deleted in the last run", "rows deleted in the last run", deleted)),
        KeyFigure(f"{held:,}", ngettext("row on hold for an open matter", "rows on hold for open matters", held)),
    ]


def _row(line: RetentionLine) -> tuple[object, ...]:
    law = f"{localize(line.group)}: {localize(line.floor_law)} / {localize(line.ceiling_law)}"
    if not line.days:
        limits = (line.floor_days or "–", line.ceiling_days or "–", localize(line.ends))
        return (localize(line.title), law, *limits, line.oldest_at or "–", "–", "–", "–")
    run_at = _("interrupted, will continue") if line.is_open else line.run_at or _("not yet")
    figures = (f"{line.deleted:,}", f"{line.held:,}") if line.run_at else ("–", "–")
    return (
        localize(line.title),
        law,
        f"{line.floor_days:,}",
        f"{line.ceiling_days:,}",
        f"{line.days:,}",
        line.oldest_at or "–",
        run_at,
        *figures,
    )
