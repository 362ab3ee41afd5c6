"""Outputs write each line once: after a kill between two writes, with a half-written line, after the file was moved."""

import json
from pathlib import Path

import pytest
from tests.findings import finding

from fanzha.analyze.watch.line_output import FileOutput, LinePlace, OutputLine, PipeOutput, SpoolOutput, finding_line
from fanzha.base.errors import UsageError


def numbered(*places: tuple[int, int]) -> list[OutputLine]:
    return [OutputLine(LinePlace(*place), json.dumps({"sequence": place}).encode()) for place in places]


def sequences(path: Path) -> list[list[int]]:
    return [json.loads(line)["sequence"] for line in path.read_text().splitlines()]


def test_lines_that_the_file_has_are_not_written_again(tmp_path: Path) -> None:
    path, record = tmp_path / "out.jsonl", tmp_path / "last"
    FileOutput(path, record).write(numbered((1, 0), (1, 1)))
    record.unlink()  # killed before it was recorded
    FileOutput(path, record).write(numbered((1, 0), (1, 1), (2, 0)))
    assert sequences(path) == [[1, 0], [1, 1], [2, 0]]


def test_a_half_written_line_is_removed_and_written_whole(tmp_path: Path) -> None:
    path, record = tmp_path / "out.jsonl", tmp_path / "last"
    FileOutput(path, record).write(numbered((1, 0)))
    with path.open("a") as file:
        file.write('{"sequence": [2,')
    FileOutput(path, record).write(numbered((2, 0)))
    assert sequences(path) == [[1, 0], [2, 0]]


def test_lines_are_not_written_again_into_a_new_file(tmp_path: Path) -> None:
    path, record = tmp_path / "out.jsonl", tmp_path / "last"
    FileOutput(path, record).write(numbered((1, 0)))
    path.rename(tmp_path / "out.jsonl.1")
    FileOutput(path, record).write(numbered((1, 0), (2, 0)))
    assert sequences(path) == [[2, 0]]


@pytest.mark.parametrize("text", ["something else\n", "one line\nand half a", "no line end", '{"type": "config"}'])
def test_a_file_of_something_else_is_not_touched(tmp_path: Path, text: str) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(text)
    with pytest.raises(UsageError, match="not of fanzha watch"):
        FileOutput(path, tmp_path / "last")
    assert path.read_text() == text


def test_a_half_written_first_line_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text('{"type":"find')
    FileOutput(path, tmp_path / "last").write(numbered((1, 0)))
    assert sequences(path) == [[1, 0]]


def test_a_pipe_has_its_place_in_the_record(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    with path.open("wb") as file:
        PipeOutput(file.fileno(), tmp_path / "last").write(numbered((1, 0)))
        PipeOutput(file.fileno(), tmp_path / "last").write(numbered((1, 0), (2, 0)))
    assert sequences(path) == [[1, 0], [2, 0]]


def test_the_spool_gets_one_file_a_step_however_often_it_is_written(tmp_path: Path) -> None:
    line = finding_line(finding(), LinePlace(7, 0))
    output = SpoolOutput(tmp_path, "watch")
    output.write([line, *numbered((7, 1))])
    output.write([line])
    (path,) = tmp_path.iterdir()
    assert (path.name, json.loads(path.read_text())["finding_id"]) == (
        "watch-000000000007.jsonl",
        finding().finding_id,
    )


def test_a_line_says_the_role_that_follows_from_the_subject() -> None:
    assert json.loads(finding_line(finding(subject_kind="trunk"), LinePlace(7, 0)).data)["role"] == "conduit"


def test_a_device_is_no_file_of_findings(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no regular file"):
        FileOutput(Path("/dev/null"), tmp_path / "last")
