"""Call records are kept by day and found by called number and time."""

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from fanzha.base.clock import to_ms
from fanzha.store.call_records import (
    CALL_SCHEMA,
    delete_old_days,
    find_calls,
    has_records,
    records_folder,
    write_calls,
)

DAY = to_ms(datetime(2026, 3, 1, tzinfo=UTC))
CALLED = "+8617000000001"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return tmp_path


def keep(name: str, *rows: dict[str, object], owner: str = "A") -> None:
    plain = {"call_id": name, "occurred_at": DAY, "callee": CALLED, "trunk": "T-1", "simulated": True}
    write_calls(owner, name, pa.Table.from_pylist([plain | row for row in rows], CALL_SCHEMA))


def test_calls_around_midnight_are_found_in_both_days_nearest_first() -> None:
    keep(
        "a",
        {"call_id": "1", "occurred_at": DAY - 900},
        {"call_id": "2", "occurred_at": DAY + 100},
        {"call_id": "3", "callee": "x"},
    )
    assert [call.call_id for call in find_calls("A", CALLED, DAY - 1_000, DAY + 1_000)] == ["2", "1"]
    assert len(list(records_folder("A").iterdir())) == 2


def test_a_forwarded_call_is_found_by_the_number_that_was_called_first() -> None:
    keep("a", {"callee": "+8617000000009", "original_callee": CALLED})
    (call,) = find_calls("A", CALLED, DAY, DAY)
    assert (call.callee, call.original_callee, call.talk_ms, call.ingress) == ("+8617000000009", CALLED, None, "")


def test_the_same_call_of_two_exports_is_one_and_the_same_export_replaces() -> None:
    keep("a", {"call_id": "1"})
    keep("b", {"call_id": "1"})
    keep("b", {"call_id": "1"}, {"call_id": "2", "occurred_at": DAY + 5})
    assert len(find_calls("A", CALLED, DAY, DAY + 10)) == 2


def test_operators_have_records_of_their_own() -> None:
    keep("a", {}, owner="B")
    assert find_calls("A", CALLED, DAY, DAY) == []
    with pytest.raises(ValueError, match="letters and digits"):
        records_folder("../B")


def test_a_moment_is_covered_if_records_are_from_before_and_after_it() -> None:
    keep("a", {"occurred_at": DAY - 60_000})
    assert not has_records("A", DAY)
    keep("b", {"occurred_at": DAY + 60_000})
    assert has_records("A", DAY) and not has_records("A", DAY + 90_000)


def test_old_days_are_deleted() -> None:
    keep("a", {}, {"call_id": "2", "occurred_at": DAY - 1})
    assert delete_old_days(date(2026, 3, 1)) == 1
    assert [folder.name for folder in records_folder("A").iterdir()] == ["2026-03-01"]
