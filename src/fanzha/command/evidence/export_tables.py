"""Entries of the evidence log, for whoever reads it: as a table, without proofs (a pack has those)."""

from collections.abc import Iterable, Sequence
from typing import Any

from fanzha.base.words import Words
from fanzha.command.audit.models import LogEntry
from fanzha.command.evidence.entry_words import KIND_WORDS, entry_words
from fanzha.command.evidence.filters import Narrowed as NarrowedLog
from fanzha.command.evidence.filters import narrow
from fanzha.command.evidence.permissions import READERS
from fanzha.command.evidence.presenters import Names
from fanzha.command.exports.table import Column, Narrowed, Table
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role


def rows(narrowed: Narrowed) -> Any:
    """Return the entries by when they came on record."""
    return narrow(LogEntry.objects.all(), NarrowedLog("", "", narrowed.kind, narrowed.since, narrowed.until))


def cells(held: Sequence[LogEntry], whole: bool) -> Iterable[tuple[object, ...]]:
    """Return entries as rows of text."""
    names = Names(held)
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
    Table(
        name="log_entries",
        title=Words("证据日志条目", "Entries of the evidence log"),
        about=Words("何人何时做了何事；不含个人信息", "Who did what when, without personal data"),
        columns=(
            Column(Words("时间", "when")),
            Column(Words("事项", "what")),
            Column(Words("人员", "who")),
            Column(Words("单位", "organisation")),
            Column(Words("关于", "about")),
            Column(Words("编号", "reference")),
            Column(Words("批次", "batch")),
            Column(Words("序号", "position")),
            Column(Words("摘要", "digest")),
        ),
        rows=rows,
        cells=cells,
        kinds=lambda: list(KIND_WORDS.items()),
        roles=tuple(role for role in READERS if role is not Role.ADMINISTRATOR),
    ),
)
