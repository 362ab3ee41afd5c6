"""Export table of log entries, without proofs. Evidence packs contain proofs."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from fanzha.base.words import Words
from fanzha.command.audit.selectors import log_entries
from fanzha.command.evidence.entry_words import KIND_WORDS, entry_words
from fanzha.command.evidence.permissions import READERS
from fanzha.command.evidence.presenters import EntryNames
from fanzha.command.evidence.selectors import LogFilter, filter_entries
from fanzha.command.exports.schemas import ExportColumn, ExportTable, TableFilter
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role

if TYPE_CHECKING:
    from fanzha.command.audit.models import LogEntry


def rows(table_filter: TableFilter) -> Any:
    """Return the entries that match the filter."""
    log_filter = LogFilter(kind=table_filter.kind, since=table_filter.since, until=table_filter.until)
    return filter_entries(log_entries(), log_filter)


def cells(entries: "Sequence[LogEntry]", unmasked: bool) -> Iterable[tuple[object, ...]]:
    """Yield the cells of each entry."""
    names = EntryNames(entries)
    for entry in entries:
        yield (
            entry.moment,
            localize(entry_words(entry.kind, entry.facts)),
            names.who(entry),
            names.organizations.get(entry.organisation, ""),
            names.what(entry),
            entry.process or entry.about,
            entry.batch,
            entry.position,
            bytes(entry.leaf).hex(),
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
