"""Export table of unmaskings for the privacy officer. Subjects stay masked."""

from collections.abc import Iterable, Sequence
from typing import Any

from fanzha.base.words import Words
from fanzha.command.exports.models import Unmasking
from fanzha.command.exports.table import ExportColumn, ExportTable, TableFilter
from fanzha.command.web.roles import Role


def rows(table_filter: TableFilter) -> Any:
    """Return the unmaskings of a period."""
    unmaskings = Unmasking.objects.select_related("person")
    unmaskings = unmaskings.filter(at__gte=table_filter.since) if table_filter.since else unmaskings
    return unmaskings.filter(at__lt=table_filter.until) if table_filter.until else unmaskings


def cells(unmaskings: Sequence[Unmasking], unmasked: bool) -> Iterable[tuple[object, ...]]:
    """Yield the cells of each unmasking."""
    for row in unmaskings:
        yield row.at, row.person or row.actor, row.shown, row.purpose, row.case, row.subject


TABLE = ExportTable(
    name="unmaskings",
    title=Words("查看记录", "Who looked at whom"),
    about=Words("何人因何用途查看了哪个对象的完整信息", "Who unmasked which value, and for what purpose"),
    columns=(
        ExportColumn(Words("时间", "when")),
        ExportColumn(Words("人员", "who")),
        ExportColumn(Words("对象", "subject")),
        ExportColumn(Words("用途", "purpose")),
        ExportColumn(Words("案件", "case")),
        ExportColumn(Words("编号", "reference")),
    ),
    rows=rows,
    cells=cells,
    roles=(Role.PRIVACY_OFFICER,),
)
