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
WIDE = SnapshotEntry(Level.WATCH, organization="a made-up \x1b[31mcarrier")
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


def printed(show: Any, content: dict[str, Any]) -> str:
    out = io.StringIO()
    show(Console(file=out, width=200), content)
    return out.getvalue()


def test_each_scope_of_a_subject_is_a_row() -> None:
    content = entry_as_json(SnapshotState(base({SUBJECT: NARROW})), SUBJECT, [])
    assert [one["until"] for one in content["entries"]] == [AT, None] and WIDE.until == FOREVER
    assert content["entries"][1]["organisation"] == WIDE.organization and "next_scope" not in content["entries"][0]
    output = printed(print_entry, content)
    assert "涉诈嫌疑，刷单返利 suspected, brushing and rebate tasks · 模拟 simulated" in output
    assert "呼出、语音 outgoing, voice" in output and "提示 label" in output and "2026-03-01T00:00Z" in output
    assert "不限 anywhere" in output and "不限 no end" in output and "\x1b" not in output


def test_what_is_served_is_told_with_its_deltas() -> None:
    first = base({SUBJECT: NARROW})
    content = state_as_json(SnapshotState(first, [delta(first, first, {SUBJECT: None})]))
    assert (content["sequence"], content["deltas"][0]["numbers"], content["facts"]["numbers"]) == (2, 1, 1)
    output = printed(print_state, content)
    assert "增量 deltas: 1" in output and "号码 numbers" in output and "changed_numbers" in output


def test_a_difference_says_what_would_need_an_approval() -> None:
    content = difference_as_json(Difference(newly_refused=101, lists=("urls",)), Limits())
    output = printed(print_difference, content)
    assert "新拒绝 newly refused" in output and "有变化的名单 lists that differ: urls" in output
    assert "须经批准 needs an approval: 将新拒绝 101" in output
    assert difference_as_json(Difference(), Limits())["needs_approval"] == []
