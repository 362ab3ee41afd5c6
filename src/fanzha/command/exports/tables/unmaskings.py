"""Export table of unmaskings for the privacy officer. Subjects stay masked."""

from collections.abc import Iterable, Sequence
from typing import Any

from fanzha.base.words import Words
from fanzha.command.exports.models import Unmasking
from fanzha.command.exports.table import ExportColumn, ExportTable, TableFilter
from fanzha.command.web.roles import Role


def rows(narrowed: TableFilter) -> Any:
    """Return the unmaskings of a period."""
    found = Unmasking.objects.select_related("person")
    found = found.filter(at__gte=narrowed.since) if narrowed.since else found
    return found.filter(at__lt=narrowed.until) if narrowed.until else found


def cells(held: Sequence[Unmasking], whole: bool) -> Iterable[tuple[object, ...]]:
    """Yield the cells of each unmasking."""
    for row in held:
        yield row.at, row.person or row.actor, row.shown, row.purpose, row.case, row.subject


TABLE = ExportTable(
    name="unmaskings",
    title=Words("查看记录", "Who looked at whom"),
    about=Words("何人因何用途查看了哪个对象的完整信息", "Who saw which whole value, and what for"),
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
