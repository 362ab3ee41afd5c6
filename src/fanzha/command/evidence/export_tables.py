"""Entries of the evidence log, for whoever reads it: as a table, without proofs (a pack has those)."""

from collections.abc import Iterable, Sequence
from typing import Any

from fanzha.base.words import Words
from fanzha.command.audit.models import LogEntry
from fanzha.command.evidence.entry_words import KIND_WORDS, entry_words
from fanzha.command.evidence.filters import LogFilter as NarrowedLog
from fanzha.command.evidence.filters import filter_entries
from fanzha.command.evidence.permissions import READERS
from fanzha.command.evidence.presenters import EntryNames
from fanzha.command.exports.table import ExportColumn, ExportTable, TableFilter
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role


def rows(narrowed: TableFilter) -> Any:
    """Return the entries by when they came on record."""
    return filter_entries(LogEntry.objects.all(), NarrowedLog("", "", narrowed.kind, narrowed.since, narrowed.until))


def cells(held: Sequence[LogEntry], whole: bool) -> Iterable[tuple[object, ...]]:
    """Return entries as rows of text."""
    names = EntryNames(held)
    for row in held:
        yield (
            row.moment,
            localize(entry_words(row.kind, row.facts)),
            names.who(row),
            names.organizations.get(row.organisation, ""),
            names.what(row),
            row.process or row.about,
            row.batch,
            row.position,
            bytes(row.leaf).hex(),
        )


TABLES = (
    ExportTable(
        name="log_entries",
        title=Words("证据日志条目", "Entries of the evidence log"),
        about=Words("何人何时做了何事；不含个人信息", "Who did what when, without personal data"),
        columns=(
            ExportColumn(Words("时间", "when")),
            ExportColumn(Words("事项", "what")),
            ExportColumn(Words("人员", "who")),
            ExportColumn(Words("单位", "organisation")),
            ExportColumn(Words("关于", "about")),
            ExportColumn(Words("编号", "reference")),
            ExportColumn(Words("批次", "batch")),
            ExportColumn(Words("序号", "position")),
            ExportColumn(Words("摘要", "digest")),
        ),
        rows=rows,
        cells=cells,
        kinds=lambda: list(KIND_WORDS.items()),
        roles=tuple(role for role in READERS if role is not Role.ADMINISTRATOR),
    ),
)
