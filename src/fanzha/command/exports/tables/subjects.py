"""Export table of subjects and their current verdicts, without persons and without people to be warned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from fanzha.base.words import Words
from fanzha.claims.fraud_type import FRAUD_TYPES, TO_WARN
from fanzha.claims.treatment import TREATMENT_WORDS, Treatment
from fanzha.claims.verdict import LEVEL_WORDS, Level
from fanzha.command.exports.table import ExportColumn, ExportTable, TableFilter
from fanzha.command.subjects.selectors import PERSON, find_current_verdicts, find_findings, mask_value, names_victim
from fanzha.command.web.i18n import localize
from fanzha.command.web.scoping import unscoped
from fanzha.kinds import all_kinds

if TYPE_CHECKING:
    from fanzha.command.subjects.models import VerdictRow

_UNSCOPED = unscoped("findings below subjects that the viewer may read")


def rows(table_filter: TableFilter) -> Any:
    """Return the current verdicts that match the filter, without persons and people to be warned."""
    to_warn = find_findings(_UNSCOPED).filter(names_victim(), subject=OuterRef("subject"))
    verdicts = find_current_verdicts().exclude(fraud_type__in=TO_WARN).exclude(Exists(to_warn))
    verdicts = verdicts.exclude(subject__kind=PERSON).select_related("subject", "owner")
    verdicts = verdicts.filter(subject__kind=table_filter.kind) if table_filter.kind else verdicts
    verdicts = verdicts.filter(since__gte=table_filter.since) if table_filter.since else verdicts
    return verdicts.filter(since__lt=table_filter.until) if table_filter.until else verdicts


def cells(verdicts: Sequence[VerdictRow], unmasked: bool) -> Iterable[tuple[object, ...]]:
    """Yield the cells of each verdict."""
    kinds = all_kinds()
    for row in verdicts:
        subject = row.subject
        yield (
            localize(kinds[subject.kind].title) if subject.kind in kinds else subject.kind,
            subject.value if unmasked else mask_value(subject.kind, subject.value, subject.shown),
            localize(LEVEL_WORDS[Level(row.level)]),
            f"{row.score:.2f}",
            localize(FRAUD_TYPES[row.fraud_type]) if row.fraud_type in FRAUD_TYPES else "",
            localize(TREATMENT_WORDS[Treatment(row.treatment)]),
            row.since,
            row.until,
            row.owner,
            subject.ref,
        )


TABLE = ExportTable(
    name="subjects",
    title=Words("对象与研判结论", "Subjects and verdicts"),
    about=Words(
        "现行研判结论及其对象；不含个人与待劝阻人员", "Verdicts in force, without private persons and people to reach"
    ),
    columns=(
        ExportColumn(Words("类型", "kind")),
        ExportColumn(Words("对象", "subject"), identity=True),
        ExportColumn(Words("研判", "verdict")),
        ExportColumn(Words("分值", "score")),
        ExportColumn(Words("诈骗类型", "kind of fraud")),
        ExportColumn(Words("处置", "treatment")),
        ExportColumn(Words("起", "since")),
        ExportColumn(Words("止", "until")),
        ExportColumn(Words("研判单位", "whose")),
        ExportColumn(Words("编号", "reference")),
    ),
    rows=rows,
    cells=cells,
    kinds=lambda: [(name, kind.title) for name, kind in all_kinds().items() if name != PERSON],
)
