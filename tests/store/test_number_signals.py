"""The signals of an operator's numbers are found in its file, whatever was there before."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanzha.base.errors import UsageError
from fanzha.store.number_signals import SIGNAL_RECORD, SignalFile, SignalStore, write_signals

ROW = (1, 2, 3, 4, 5, 1 | 2 | 8, 2, 1, 2, 0, (0, 0, 0))


def write(folder: Path, owner: str, *rows: tuple[int, tuple[object, ...]]) -> int:
    numbers = np.array([number for number, _row in rows], np.int64)
    return write_signals(owner, numbers, np.array([row for _number, row in rows], SIGNAL_RECORD), folder)


def test_what_was_written_is_found(tmp_path: Path) -> None:
    write(tmp_path, "A", (8617000000002, ROW), (8617000000001, (0,) * 10 + ((0, 0, 0),)))
    store = SignalStore(tmp_path)
    found = store.find(["A"], "+8617000000002")
    assert found is not None and found[0] == "A"
    signals = found[1]
    assert (signals.latest_sim_change, signals.latest_device_change, signals.holder_from) == (2, 4, 5)
    assert signals.forwarding == ("unconditional", "no_answer")
    assert (signals.contract, signals.imei_binding, signals.area_limit) == ("postpaid", "bound", "unrestricted")
    unknown = store.find(["A"], "+8617000000001")
    assert unknown is not None and unknown[1].forwarding is None and unknown[1].contract == ""
    assert store.find(["A"], "+8617000000003") is None and store.find(["B"], "+8617000000002") is None


def test_of_a_number_given_twice_the_last_row_counts(tmp_path: Path) -> None:
    assert write(tmp_path, "A", (8617000000001, ROW), (8617000000001, (9, *ROW[1:]))) == 1
    found = SignalStore(tmp_path).find(["A"], "+8617000000001")
    assert found is not None and found[1].sim_activated_at == 9


def test_a_replaced_file_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, "A", (8617000000001, ROW))
    store = SignalStore(tmp_path)
    assert store.find(["A"], "+8617000000001")
    write(tmp_path, "A", (8617000000002, ROW))
    assert store.find(["A"], "+8617000000001") is None and store.find(["A"], "+8617000000002")


def test_after_a_porting_the_latest_holder_answers(tmp_path: Path) -> None:
    write(tmp_path, "A", (8617000000001, ROW))
    write(tmp_path, "B", (8617000000001, (1, 2, 3, 4, 50, *ROW[5:])))
    store = SignalStore(tmp_path)
    found = store.find(["A", "B"], "+8617000000001")
    assert found is not None and found[0] == "B" and store.owners() == ["A", "B"]
    assert store.holder_from("+8617000000001") == 50 and store.holder_from("+8617000000009") == 0


def test_an_empty_table_is_a_file_without_numbers(tmp_path: Path) -> None:
    assert write(tmp_path, "A") == 0
    assert SignalStore(tmp_path).find(["A"], "+8617000000001") is None


def test_a_file_cut_off_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "A", (8617000000001, ROW))
    path = tmp_path / "tables" / "number_signals" / "A.fzns"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UsageError, match="cut off"):
        SignalFile(path)
    path.write_bytes(b"")
    with pytest.raises(UsageError):
        SignalFile(path)


@settings(max_examples=8)
@given(st.lists(st.tuples(st.integers(1, 999_999_999_999_999), st.integers(0, 4_000_000_000_000)), max_size=40))
def test_any_numbers_are_found_with_their_own_row(rows: list[tuple[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), "A", *((number, (at, *ROW[1:])) for number, at in rows))
        store = SignalStore(Path(name))
        for number, at in dict(rows).items():
            found = store.find(["A"], f"+{number}")
            assert found is not None and found[1].sim_activated_at == at
