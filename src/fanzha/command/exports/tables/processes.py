"""Running and ended processes: what, whose, where it stands, by when; nothing of what their steps hold."""

from collections.abc import Iterable, Sequence
from typing import Any

from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.command.exports.table import Column, Narrowed, Table
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.web.i18n import localize


def rows(narrowed: Narrowed) -> Any:
    """Return processes by when they were opened."""
    found = ProcessInstance.objects.select_related("owner", "version")
    found = found.filter(process=narrowed.kind) if narrowed.kind else found
    found = found.filter(opened_at__gte=narrowed.since) if narrowed.since else found
    return found.filter(opened_at__lt=narrowed.until) if narrowed.until else found


def cells(held: Sequence[ProcessInstance], whole: bool) -> Iterable[tuple[object, ...]]:
    """Return processes as rows of text; titles are what people typed, and are masked always."""
    for row in held:
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


TABLE = Table(
    name="processes",
    title=Words("流程", "Processes"),
    about=Words("流程的状态与时限；不含证据与个人信息", "States and deadlines, without evidence and personal data"),
    columns=(
        Column(Words("流程", "process")),
        Column(Words("标题", "title")),
        Column(Words("状态", "state")),
        Column(Words("承办单位", "owner")),
        Column(Words("启动", "opened")),
        Column(Words("时限", "due")),
        Column(Words("结束", "ended")),
        Column(Words("编号", "reference")),
    ),
    rows=rows,
    cells=cells,
    kinds=lambda: [(name, process.title) for name, process in load_processes().items()],
)
