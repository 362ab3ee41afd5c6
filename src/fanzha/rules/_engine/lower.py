"""A window of the language as windows of the kernel: mean and share are two of them, surge is arithmetic on two."""

from dataclasses import dataclass, replace
from functools import lru_cache

from fanzha.rules._engine.facts_of import code_of
from fanzha.rules.canon import canon
from fanzha.rules.tree import Binary, Known, Node, Number, Window
from fanzha.windows import What, WindowSpec


@dataclass(frozen=True)
class Lowered:
    """What one window of the language asks of the kernel; `columns` are computed on the selected facts beforehand."""

    window: Window
    specs: tuple[WindowSpec, ...]
    selected: tuple[Node, ...]  # columns of the selected facts: keys, value, gates
    present: tuple[Node, ...]  # columns of the present fact: its keys


@lru_cache(maxsize=4096)
def lower(window: Window) -> Lowered:
    """Say which kernel windows give a window of the language (surge has been written out before)."""
    where = window.where
    match window.what:
        case "mean":
            assert window.value is not None
            known = _and(where, Known(window.place, window.value))
            asked = [(What.SUM, window.value, where), (What.COUNT, None, known)]
        case "share":
            assert window.value is not None
            known = _and(where, Known(window.place, window.value))
            asked = [(What.COUNT, None, _and(where, window.value)), (What.COUNT, None, known)]
        case "count" | "gap" | "age":
            asked = [(What(window.what), None, where)]
        case _:
            asked = [(What(window.what), window.value, where)]
    specs = tuple(_spec(window, what, value, gate) for what, value, gate in asked)
    keys = tuple(key.selected for key in window.keys)
    columns = [node for _, value, gate in asked for node in (value, gate) if node is not None]
    return Lowered(window, specs, (*keys, *columns), tuple(key.present for key in window.keys))


def _spec(window: Window, what: What, value: Node | None, gate: Node | None) -> WindowSpec:
    keys = tuple(canon(key.selected) for key in window.keys)
    asked = tuple(canon(key.present) for key in window.keys)
    return WindowSpec(
        what=what,
        source=code_of(window.source),
        keys=keys,
        asked=() if asked == keys else asked,
        span=window.span,
        value=canon(value) if value is not None else "",
        gate=canon(gate) if gate is not None else "",
        before=window.before,
    )


def _and(left: Node | None, right: Node) -> Node:
    return right if left is None else Binary(right.place, "and", left, right)


def written_out(window: Window) -> Node:
    """Return a surge as arithmetic on counts (docs/reference/rules.md), other windows as they are."""
    if window.what != "surge":
        return window

    count = replace(window, what="count", against=0)
    longer = replace(count, span=window.against)
    stretches = Number(window.place, window.span / (window.against - window.span))
    past = Binary(window.place, "*", Binary(window.place, "-", longer, count), stretches)
    return Binary(window.place, "/", count, past)
