"""Steps come back in order; a damaged file is an error and is never passed over."""

from pathlib import Path

import pytest

from fanzha.analyze.watch.step_log import DamagedState, StepLog, WatchStep


def test_steps_after_a_number_come_back_in_order(tmp_path: Path) -> None:
    log = StepLog(tmp_path)
    for number in (9, 10, 11):
        log.append(WatchStep(number, at=number))
    log.remove(9)
    assert [step.number for step in StepLog(tmp_path).read(9)] == [10, 11]
    assert [path.stem for path in sorted(tmp_path.glob("*.step"))] == ["000000000010", "000000000011"]


def test_a_damaged_step_is_an_error(tmp_path: Path) -> None:
    log = StepLog(tmp_path)
    log.append(WatchStep(1, at=0))
    (path,) = tmp_path.glob("*.step")
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(DamagedState, match="damaged"):
        list(log.read(0))
