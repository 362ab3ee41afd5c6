"""Tables of snapshots speak both languages, and what others wrote cannot act on a terminal."""

import io
from typing import Any

from rich.console import Console
from tests.claims.snapshots import AT, base, delta

from fanzha.claims.difference import Difference, Limits
from fanzha.claims.snapshot import SnapshotEntry
from fanzha.claims.snapshot_state import SnapshotState
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import FOREVER, Level
from fanzha.cli._snapshot_output import (
    difference_as_json,
    entry_as_json,
    print_difference,
    print_entry,
    print_state,
    state_as_json,
)

SUBJECT = ("phone_number", "+8617000000001")
WIDE = SnapshotEntry(Level.WATCH, organisation="a made-up \x1b[31mcarrier")
NARROW = SnapshotEntry(
    Level.SUSPECTED,
    Treatment.LABEL,
    "brushing",
    until=AT,
    direction="outgoing",
    service="voice",
    simulated=True,
    next_scope=WIDE,
)


def printed(show: Any, known: dict[str, Any]) -> str:
    out = io.StringIO()
    show(Console(file=out, width=200), known)
    return out.getvalue()


def test_each_scope_of_a_subject_is_a_row() -> None:
    known = entry_as_json(SnapshotState(base({SUBJECT: NARROW})), SUBJECT, [])
    assert [one["until"] for one in known["entries"]] == [AT, None] and WIDE.until == FOREVER
    told = printed(print_entry, known)
    assert "涉诈嫌疑，刷单返利 suspected, brushing and rebate tasks · 模拟 simulated" in told
    assert "呼出、语音 outgoing, voice" in told and "提示 label" in told and "2026-03-01T00:00Z" in told
    assert "不限 anywhere" in told and "不限 no end" in told and "\x1b" not in told


def test_what_is_served_is_told_with_its_deltas() -> None:
    first = base({SUBJECT: NARROW})
    known = state_as_json(SnapshotState(first, [delta(first, first, {SUBJECT: None})]))
    assert (known["sequence"], known["deltas"][0]["numbers"], known["facts"]["numbers"]) == (2, 1, 1)
    told = printed(print_state, known)
    assert "增量 deltas: 1" in told and "号码 numbers" in told and "changed_numbers" in told


def test_a_difference_says_what_would_need_an_approval() -> None:
    known = difference_as_json(Difference(newly_refused=101, lists=("urls",)), Limits())
    told = printed(print_difference, known)
    assert "新拒绝 newly refused" in told and "有变化的名单 lists that differ: urls" in told
    assert "须经批准 needs an approval: 将新拒绝 101" in told
    assert difference_as_json(Difference(), Limits())["needs_approval"] == []
