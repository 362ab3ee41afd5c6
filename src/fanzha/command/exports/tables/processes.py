"""Export table of processes, without the evidence of their steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.command.exports.table import ExportColumn, ExportTable, TableFilter
from fanzha.command.processes.selectors import find_instances, load_processes
from fanzha.command.web.i18n import localize

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance


#: Processes on victims: no list of them is exported.
_ON_VICTIMS = ("dissuasion",)


def rows(table_filter: TableFilter) -> Any:
    """Return the processes that match the filter, by the time they were opened."""
    instances = find_instances().exclude(process__in=_ON_VICTIMS).select_related("owner", "version")
    instances = instances.filter(process=table_filter.kind) if table_filter.kind else instances
    instances = instances.filter(opened_at__gte=table_filter.since) if table_filter.since else instances
    return instances.filter(opened_at__lt=table_filter.until) if table_filter.until else instances


def cells(instances: Sequence[ProcessInstance], unmasked: bool) -> Iterable[tuple[object, ...]]:
    """Yield the cells of each process. Titles are free text and always masked."""
    for row in instances:
        process = row.version.process
        yield (
            localize(process.title),
            mask_numbers(row.title),
            localize(process.states[row.state].title),
            row.owner,
            row.opened_at,
            row.due_at,
            row.ended_at,
            row.ref,
        )


TABLE = ExportTable(
    name="processes",
    title=Words("流程", "Processes"),
    about=Words(
        "流程的状态与时限；不含证据与个人信息，不含劝阻",
        "States and deadlines, without evidence, personal data or dissuasion",
    ),
    columns=(
        ExportColumn(Words("流程", "process")),
        ExportColumn(Words("标题", "title")),
        ExportColumn(Words("状态", "state")),
        ExportColumn(Words("承办单位", "owner")),
        ExportColumn(Words("启动", "opened")),
        ExportColumn(Words("时限", "due")),
        ExportColumn(Words("结束", "ended")),
        ExportColumn(Words("编号", "reference")),
    ),
    rows=rows,
    cells=cells,
    kinds=lambda: [(name, process.title) for name, process in load_processes().items() if name not in _ON_VICTIMS],
)
