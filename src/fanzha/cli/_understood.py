"""Show in a terminal what a source would be read as."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fanzha.base.clock import iso
from fanzha.read import SourceInspection

_BY = {
    "map": "按其列映射 by its column map",
    "format": "按格式本身 by the format itself",
    "proposal": "按表头与取值推断 proposed from headers and values",
}
_ENVELOPE = ("event_id", "observed_at", "source", "basis", "simulated")
_MOST_REASONS = 8


def print_understood(console: Console, one: SourceInspection) -> None:
    """Print one source: what it is, its columns, its first events, the count, and why rows were rejected."""
    console.rule(f"[bold]{escape(one.path)}", align="left")
    if one.format:
        console.print(f"格式 format: [bold]{one.format}[/]   " + escape(_file(one)))
    if one.table:
        console.print(f"读作 read as: [bold]{one.table}[/]   {_BY.get(one.by, '')}")
    if one.columns:
        console.print(_columns(one))
    for table, rows in one.rows.items():
        console.print(_events(table, rows))
    if one.read:
        console.print(_count(one))
    for en, zh, count in one.reasons[:_MOST_REASONS]:
        console.print(f"  [red]{count:>9,}[/]  {escape(zh)} {escape(en)}")
    for note in one.notes:
        console.print(f"  注 note: {escape(note.zh)} {escape(note.en)}")
    if one.problem is not None:
        console.print(f"[red]{escape(one.problem.zh)}\n{escape(one.problem.en)}[/]")


def _file(one: SourceInspection) -> str:
    shown = {"编码 encoding": one.encoding, "分隔符 delimiter": repr(one.delimiter) if one.delimiter else ""}
    header = "" if one.header is None else f"第 {one.header} 行 line {one.header}" if one.header else "无 none"
    shown["表头 header"] = header if one.delimiter or one.header else ""
    return "   ".join(f"{name}: {value}" for name, value in shown.items() if value)


def _columns(one: SourceInspection) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for head in ("文件列 theirs", "本平台列 ours", "把握 sure", "样本 samples"):
        table.add_column(head, overflow="fold")
    for column in one.columns:
        sure = "" if column.sure is None else f"{column.sure:.0%}"
        ours = f"[green]{column.ours}[/]" if column.ours else "[dim]—[/]"
        table.add_row(escape(column.theirs), ours, sure, escape("  ".join(column.samples)))
    return table


def _events(name: str, rows: list[dict[str, str]]) -> Table:
    table = Table(title=name, title_justify="left", box=None, header_style="bold", padding=(0, 2, 0, 0))
    heads = [key for key in dict.fromkeys(key for row in rows for key in row) if key not in _ENVELOPE]
    for head in heads:
        table.add_column(head, overflow="ellipsis", max_width=36, no_wrap=True)
    for row in rows:
        table.add_row(*(escape(row.get(head, "")) for head in heads))
    return table


def _count(one: SourceInspection) -> str:
    span = f"   {iso(one.first)} – {iso(one.last)}" if one.first is not None and one.last is not None else ""
    events = ", ".join(f"{table} {count:,}" for table, count in one.events.items())
    more = "" if one.whole else "（只看了开头 only the beginning）"
    waiting = f"   等待 waiting {one.waiting:,}" if one.waiting else ""
    used = f"可用 used [green]{one.used:,}[/]   拒绝 rejected [red]{one.rejected:,}[/]{waiting}{span}"
    return f"行 rows {one.read:,}{more}   {used}\n事件 events: {events or '—'}"
