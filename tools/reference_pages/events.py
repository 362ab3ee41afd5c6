"""Every event table with its columns."""

from collections.abc import Iterable

from fanzha.base.words import Words
from fanzha.events import ENVELOPE, Column, all_events
from reference_pages.markdown import page, table, why


def events() -> str:
    """Every event table with its columns."""
    every = f"## On every event 每个事件都有的列\n\n{columns(ENVELOPE)}"
    return page(
        Words("事件", "Events"),
        Words(
            "事件表及其列；内容列须有法律依据。时间一律为 UTC 毫秒。",
            "The event tables and their columns; content needs a legal basis. Times are UTC milliseconds.",
        ),
        [
            every,
            *(f"## {e.name} {e.title.zh}\n\n{why('events', e)}\n\n{columns(e.own)}" for e in all_events().values()),
        ],
    )


def columns(given: Iterable[Column]) -> str:
    """Return columns as a table."""
    head = ["column", "type", "中文", "English", "unit", "kind", "notes", "range or values", "headers known"]
    return table(
        head,
        [
            (f"`{c.name}`", c.type, c.title.zh, c.title.en, c.unit, c.kind, notes(c), limits(c), "、".join(c.aliases))
            for c in given
        ],
    )


def notes(column: Column) -> str:
    """Return what must hold of a column."""
    return ", ".join(["required"] * column.required + ["content"] * column.content)


def limits(column: Column) -> str:
    """Return what values a column takes."""
    if column.values:
        return ", ".join(column.values)
    ends = (column.low, column.high)
    return "" if ends == (None, None) else " – ".join("…" if end is None else f"{end:,.10g}" for end in ends)
