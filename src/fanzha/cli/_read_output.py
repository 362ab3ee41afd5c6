"""Print how a source would be read."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fanzha.analyze.silent_detectors import SilentGroup
from fanzha.base.clock import iso
from fanzha.read import MOST_LISTED, DistinctValue, SourceInspection

_MAPPING_SOURCE = {
    "map": "按其列映射 by its column map",
    "format": "按格式本身 by the format itself",
    "proposal": "按表头与取值推断 proposed from headers and values",
}
_ENVELOPE = ("event_id", "observed_at", "source", "basis", "simulated")
_MAX_REASONS = 8
_MAX_VALUES = 12


def print_understanding(console: Console, understanding: SourceInspection, silent: Sequence[SilentGroup] = ()) -> None:
    """Print one source: format, columns, first events, trunks, counts, reasons of rejection, rules without columns."""
    console.rule(f"[bold]{escape(understanding.path)}", align="left")
    if understanding.format:
        console.print(f"格式 format: [bold]{understanding.format}[/]   " + escape(_file(understanding)))
    if understanding.table:
        console.print(f"读作 read as: [bold]{understanding.table}[/]   {_MAPPING_SOURCE.get(understanding.by, '')}")
    if understanding.columns:
        console.print(_columns(understanding))
    for table, rows in understanding.rows.items():
        console.print(_events(table, rows))
    for name, values in understanding.distinct.items():
        console.print(_distinct(name, values))
    if understanding.read:
        console.print(_count(understanding))
    for en, zh, count in understanding.reasons[:_MAX_REASONS]:
        console.print(f"  [red]{count:>9,}[/]  {escape(zh)} {escape(en)}")
    for note in understanding.notes:
        console.print(f"  注 note: {escape(note.zh)} {escape(note.en)}")
    for question in understanding.questions:
        console.print(f"  [yellow]问 question: {escape(' '.join(question.words))}[/]")
    for group in silent:
        console.print(f"  [dim]缺 silent:[/] {escape(' '.join(group.words))}")
    if understanding.problem is not None:
        console.print(f"[red]{escape(understanding.problem.zh)}\n{escape(understanding.problem.en)}[/]")


def _file(understanding: SourceInspection) -> str:
    details = {
        "编码 encoding": understanding.encoding,
        "分隔符 delimiter": repr(understanding.delimiter) if understanding.delimiter else "",
    }
    header = (
        ""
        if understanding.header is None
        else f"第 {understanding.header} 行 line {understanding.header}"
        if understanding.header
        else "无 none"
    )
    details["表头 header"] = header if understanding.delimiter or understanding.header else ""
    return "   ".join(f"{name}: {value}" for name, value in details.items() if value)


def _columns(understanding: SourceInspection) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for head in ("文件列 theirs", "本平台列 ours", "把握 sure", "样本 samples"):
        table.add_column(head, overflow="fold")
    for column in understanding.columns:
        confidence = "" if column.sure is None else f"{column.sure:.0%}"
        ours = f"[green]{column.ours}[/]" if column.ours else "[dim]—[/]"
        table.add_row(escape(column.theirs), ours, confidence, escape("  ".join(column.samples)))
    return table


def _events(name: str, rows: list[dict[str, str]]) -> Table:
    table = Table(title=name, title_justify="left", box=None, header_style="bold", padding=(0, 2, 0, 0))
    heads = [key for key in dict.fromkeys(key for row in rows for key in row) if key not in _ENVELOPE]
    for head in heads:
        table.add_column(head, overflow="ellipsis", max_width=36, no_wrap=True)
    for row in rows:
        table.add_row(*(escape(row.get(head, "")) for head in heads))
    return table


def _distinct(name: str, values: list[DistinctValue]) -> str:
    """Return the distinct values of a column with counts, and for trunks the ingress that their names suggest."""
    shown = [
        f"{escape(item.value)} {item.count:,}" + (f" [dim]→ {item.ingress}?[/]" if item.ingress else "")
        for item in values[:_MAX_VALUES]
    ]
    rest = f"   … 另 {len(values) - _MAX_VALUES} 个 more" if len(values) > _MAX_VALUES else ""
    total = f"{len(values)}+" if len(values) == MOST_LISTED else str(len(values))
    return f"{name} ({total}): {'   '.join(shown)}{rest}"


def _count(understanding: SourceInspection) -> str:
    span = (
        f"   {iso(understanding.first)} – {iso(understanding.last)}"
        if understanding.first is not None and understanding.last is not None
        else ""
    )
    repeats = f"   重复 repeats {understanding.repeats:,}" if understanding.repeats else ""
    events = ", ".join(f"{table} {count:,}" for table, count in understanding.events.items())
    partial_note = "" if understanding.whole else "（只看了开头 only the beginning）"
    waiting = f"   等待 waiting {understanding.waiting:,}" if understanding.waiting else ""
    used = (
        f"可用 used [green]{understanding.used:,}[/]   拒绝 rejected [red]{understanding.rejected:,}[/]{waiting}{span}"
    )
    return f"行 rows {understanding.read:,}{partial_note}   {used}{repeats}\n事件 events: {events or '—'}"
