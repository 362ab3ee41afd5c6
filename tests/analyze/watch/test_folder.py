"""Files are followed: whole lines only, under a new name where they were, and from the start when they are replaced."""

import os
from pathlib import Path

import pytest
from tests.analyze.watch.sequence import HEAD, MAP, row

from fanzha.analyze.watch.arrivals import Arrival, InputPosition
from fanzha.analyze.watch.folder import FolderInput, FolderSettings

NOW = 1_800_000_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inputs = tmp_path / "in"
    inputs.mkdir()
    (inputs / "fanzha-map.toml").write_text(MAP)
    return inputs


def follow(folder: Path, positions: dict[str, InputPosition] | None = None, *, waits: bool = False) -> FolderInput:
    settings = FolderSettings((folder,), folder.parent / "work", waits=waits)
    return FolderInput(settings, positions or {}, lambda: NOW)


def poll(source: FolderInput) -> list[Arrival]:
    arrivals = source.poll()
    while not source.is_caught_up:
        arrivals += source.poll()
    return arrivals


def rows(arrivals: list[Arrival]) -> int:
    return sum(arrival.row_count for arrival in arrivals)


def test_a_half_written_line_waits_for_its_end(folder: Path) -> None:
    source, file = follow(folder), (folder / "a.csv").open("w", buffering=1)
    file.write("id,at,cal")
    file.flush()
    assert poll(source) == []
    file.write("ler,callee\n" + row(0) + row(1)[:20])
    file.flush()
    assert rows(poll(source)) == 1
    file.write(row(1)[20:])
    file.flush()
    assert rows(poll(source)) == 1
    file.close()


def test_a_renamed_file_goes_on_where_it_was(folder: Path) -> None:
    path = folder / "calls.csv"
    path.write_text(HEAD + row(0) + row(1))
    source = follow(folder)
    assert rows(poll(source)) == 2
    path.rename(folder / "calls.csv.1")
    with (folder / "calls.csv.1").open("a") as file:
        file.write(row(2))
    path.write_text(HEAD + row(3))
    assert sorted(arrival.row_count for arrival in poll(source)) == [1, 1]


def test_a_replaced_file_is_read_from_its_start(folder: Path) -> None:
    path = folder / "calls.csv"
    path.write_text(HEAD + row(0) + row(1))
    source = follow(folder)
    poll(source)
    path.write_text(HEAD + row(5) + row(6) + row(7))
    assert rows(poll(source)) == 3


def test_reading_resumes_from_the_saved_positions(folder: Path) -> None:
    path = folder / "calls.csv"
    path.write_text(HEAD + row(0) + row(1))
    positions = {key: position for arrival in poll(follow(folder)) for key, position in arrival.positions.items()}
    assert poll(follow(folder, positions)) == []
    with path.open("a") as file:
        file.write(row(2))
    assert rows(poll(follow(folder, positions))) == 1


def test_rejects_name_the_row_of_the_file(folder: Path) -> None:
    path = folder / "calls.csv"
    path.write_text(HEAD + row(0))
    source = follow(folder)
    poll(source)
    with path.open("a") as file:
        file.write(row(1) + "e9,no moment,1,2\n")
    (reject,) = [reject for arrival in poll(source) for reject in arrival.rejects]
    assert (reject.file, reject.row) == (str(path), 4)


def test_a_file_read_as_a_whole_waits_until_it_is_quiet(folder: Path) -> None:
    path = folder / "list.json"  # one JSON list: no lines
    path.write_text('[{"id": "e1", "at": 1772323200000, "caller": "+8617000000001", "callee": "+8617010000001"}]')
    source = follow(folder, waits=True)
    assert poll(source) == []
    os.utime(path, (1_772_323_200, 1_772_323_200))
    assert rows(poll(source)) == 1
    assert poll(source) == []


def test_a_file_whose_columns_are_not_sure_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "x.csv").write_text("号码,编号\n" + "".join(f"1990000{n:04},9{n:09}\n" for n in range(50)))
    source = follow(folder)
    assert poll(source) == []
    assert list(source.list_problems()) == [str(folder / "x.csv")]


def test_a_file_that_is_renamed_again_and_again_is_read_once(folder: Path) -> None:
    names = [folder / "calls.csv", folder / "calls.csv.1", folder / "calls.csv.2"]
    source = follow(folder)
    names[0].write_text(HEAD + row(0) + row(1))
    positions = {key: position for arrival in poll(source) for key, position in arrival.positions.items()}
    for number in (2, 3):  # log rotation; nothing was added to the renamed files
        for old, new in ((names[1], names[2]), (names[0], names[1])):
            if old.exists():
                old.rename(new)
        names[0].write_text(HEAD + row(number))
        arrivals = poll(source)
        assert rows(arrivals) == 1
        positions |= {key: position for arrival in arrivals for key, position in arrival.positions.items()}
    assert rows(poll(follow(folder, positions))) == 0


def test_positions_of_files_that_are_gone_are_dropped_also_by_jobs_that_end(folder: Path) -> None:
    (folder / "1.csv").write_text(HEAD + row(1))
    positions: dict[str, InputPosition] = {}

    def run_job(now: int) -> list[int]:
        source = FolderInput(FolderSettings((folder,), folder / "work", waits=False), positions, lambda: now)
        arrivals = source.poll()
        for arrival in arrivals:
            positions.update(arrival.positions)
            for key in arrival.removed:
                del positions[key]
        return [position.missing_since for position in positions.values()]

    hour = 3_600_000
    assert run_job(hour) == [0]
    (folder / "1.csv").rename(folder.parent / "away.csv")
    assert run_job(2 * hour) == run_job(3 * hour) == [2 * hour]
    (folder.parent / "away.csv").rename(folder / "1.csv")
    assert run_job(4 * hour) == [0]
    (folder / "1.csv").unlink()
    assert run_job(5 * hour) == [5 * hour]
    assert run_job(6 * hour + 1) == []
