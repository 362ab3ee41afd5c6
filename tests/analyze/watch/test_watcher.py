"""Continuous detection finds in pieces, late, repeated and killed at any moment, what one run finds over the whole."""

import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest
from tests.analyze.watch.sequence import HEAD, MAP, folder_input, found, lines, row, run_once, watcher

from fanzha.base.errors import UsageError

COUNT = 400


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inputs = tmp_path / "in"
    inputs.mkdir()
    (inputs / "fanzha-map.toml").write_text(MAP)
    return inputs


def whole_run(tmp_path: Path, rows: list[str]) -> list[str]:
    """Return what one run over all rows finds."""
    inputs = tmp_path / "whole"
    inputs.mkdir()
    (inputs / "fanzha-map.toml").write_text(MAP)
    (inputs / "all.csv").write_text(HEAD + "".join(rows))
    run_once(tmp_path / "whole-state", tmp_path / "whole.jsonl", inputs, finishes=True)
    return found(tmp_path / "whole.jsonl")


def test_hour_by_hour_finds_what_one_run_finds(folder: Path, tmp_path: Path) -> None:
    rows = [row(number) for number in range(COUNT)]
    expected = whole_run(tmp_path, rows)
    state, out = tmp_path / "state", tmp_path / "out.jsonl"
    for hour in range(4):
        (folder / f"{hour}.csv").write_text(HEAD + "".join(rows[hour * 100 : hour * 100 + 100]))
        run_once(state, out, folder)
    run_once(state, out, folder, finishes=True)
    assert found(out) == expected and len(expected) == COUNT // 3 + 1


def test_events_within_their_lateness_are_put_in_order(folder: Path, tmp_path: Path) -> None:
    rows = [row(number) for number in range(60)]
    expected = whole_run(tmp_path, rows)
    shuffled = [line for start in range(0, 60, 4) for line in reversed(rows[start : start + 4])]
    state, out = tmp_path / "state", tmp_path / "out.jsonl"
    for part in range(0, 60, 6):
        (folder / f"{part:02}.csv").write_text(HEAD + "".join(shuffled[part : part + 6]))
        run_once(state, out, folder)
    watching = run_once(state, out, folder, finishes=True)
    assert found(out) == expected
    assert watching.detection.counts.late == {}


def test_late_events_are_counted_said_and_stored(folder: Path, tmp_path: Path) -> None:
    (folder / "1.csv").write_text(HEAD + "".join(row(number) for number in range(60)))
    run_once(tmp_path / "state", tmp_path / "out.jsonl", folder)
    (folder / "2.csv").write_text(HEAD + row(1_000, at_ms=500) + row(60))
    watching = watcher(tmp_path / "state", tmp_path / "out.jsonl", ends=True)
    said: list[str] = []
    watching.notify = said.append
    watching.run([folder_input(watching, folder)], threading.Event())
    watching.close()
    assert watching.detection.counts.late == {"in": 1}
    assert len(list((tmp_path / "state" / "late").glob("*.parquet"))) == 1
    assert "1 events came later" in said[0]


def test_partial_records_are_said_not_to_be_merged(folder: Path, tmp_path: Path) -> None:
    (folder / "fanzha-map.toml").write_text(
        MAP.replace("call_offered", "call_ended").replace("caller", "partial").replace("callee", "call_id")
    )
    (folder / "1.csv").write_text("id,at,partial,call_id\n1,1772323200000,true,x\n2,1772323300000,false,x\n")
    watching = watcher(tmp_path / "state", tmp_path / "out.jsonl", ends=True)
    said: list[str] = []
    watching.notify = said.append
    watching.run([folder_input(watching, folder)], threading.Event())
    watching.close()
    assert watching.detection.counts.partial == 1
    assert [text for text in said if "they are not merged here" in text]


def test_a_repeated_event_counts_once(folder: Path, tmp_path: Path) -> None:
    rows = [row(number) for number in range(90)]
    expected = whole_run(tmp_path, rows)
    (folder / "1.csv").write_text(HEAD + "".join(rows[:60]))
    run_once(tmp_path / "state", tmp_path / "out.jsonl", folder)
    (folder / "2.csv").write_text(HEAD + "".join(rows[20:]))
    watching = run_once(tmp_path / "state", tmp_path / "out.jsonl", folder, finishes=True)
    assert found(tmp_path / "out.jsonl") == expected
    assert (watching.detection.counts.repeats, watching.detection.counts.late) == (40, {})


def test_a_finished_watch_takes_no_more(folder: Path, tmp_path: Path) -> None:
    (folder / "1.csv").write_text(HEAD + row(1))
    run_once(tmp_path / "state", tmp_path / "out.jsonl", folder, finishes=True)
    with pytest.raises(UsageError, match="finished"):
        run_once(tmp_path / "state", tmp_path / "out.jsonl", folder)


def test_the_output_of_another_state_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "1.csv").write_text(HEAD + "".join(row(number) for number in range(60)))
    out = tmp_path / "out.jsonl"
    run_once(tmp_path / "state", out, folder, finishes=True)
    with pytest.raises(UsageError, match="another state"):  # its first steps would be taken for written
        run_once(tmp_path / "new-state", out, folder, finishes=True)
    run_once(tmp_path / "new-state", tmp_path / "new.jsonl", folder, finishes=True)
    assert found(tmp_path / "new.jsonl") == found(out) != []


def test_two_processes_cannot_share_a_state_folder(tmp_path: Path) -> None:
    first = watcher(tmp_path / "state", tmp_path / "a.jsonl")
    with pytest.raises(UsageError, match="another fanzha watch"):
        watcher(tmp_path / "state", tmp_path / "b.jsonl")
    first.close()


def test_a_clock_far_ahead_does_not_make_the_others_late(folder: Path, tmp_path: Path) -> None:
    (folder / "1.csv").write_text(HEAD + row(0) + row(1_000, at_ms=int(time.time() * 1_000)) + row(1))
    run_once(tmp_path / "state", tmp_path / "out.jsonl", folder)
    (folder / "2.csv").write_text(HEAD + "".join(row(number) for number in range(2, 60)))
    watching = run_once(tmp_path / "state", tmp_path / "out.jsonl", folder)
    assert watching.detection.counts.late == {} and watching.detection.counts.future == 1


def killed_after(state: Path, out: Path, folder: Path, seconds: float) -> None:
    """Follow a folder in a process of its own and kill it after so long."""
    process = os.fork()
    if not process:
        try:
            watching = watcher(state, out, lateness_ms=20_000)
            watching.run([folder_input(watching, folder)], threading.Event())
        finally:
            os._exit(1)
    time.sleep(seconds)
    os.kill(process, signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_moment_nothing_is_lost_and_nothing_comes_twice(folder: Path, tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    rows = [row(number) for number in range(COUNT)]
    expected = whole_run(tmp_path, rows)
    state, out = tmp_path / "state", tmp_path / "out.jsonl"
    growing = (folder / "growing.csv").open("w")
    data, position = HEAD + "".join(rows[::2]), 0
    for kill in range(12):
        until = len(data) * (kill + 1) // 12
        growing.write(data[position:until])  # ends in the middle of a line
        growing.flush()
        position = until
        part = tmp_path / "part"
        part.write_text(HEAD + "".join(rows[1::2][kill * 17 : kill * 17 + 17]))
        part.rename(folder / f"{kill:02}.csv")
        killed_after(state, out, folder, draw.uniform(0.01, 0.4))
    growing.close()
    watching = run_once(state, out, folder, finishes=True, lateness_ms=20_000)
    assert watching.detection.counts.late == {}
    assert found(out) == expected
    assert len({tuple(line["sequence"]) for line in lines(out)}) == len(expected)
