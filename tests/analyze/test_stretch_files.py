"""Stretches are read as they were written, in any order, and those beyond a count are removed."""

from pathlib import Path

import pyarrow as pa

from fanzha.analyze.stretch_files import StretchFiles


def stretch(number: int) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    facts = pa.RecordBatch.from_pydict({" kind": pa.array([number, 2], pa.int16()), "caller": [number, -(1 << 63)]})
    ids = pa.RecordBatch.from_pydict({"event_id": [f"e{number}", ""]})
    return facts, ids


def test_what_was_written_is_read_also_by_another_process(tmp_path: Path) -> None:
    files = StretchFiles(tmp_path)
    for number in range(3):
        files.append(*stretch(number))
    again = StretchFiles(tmp_path)
    assert len(again) == 3
    for number in (2, 0, 1):
        assert (again.facts(number), again.ids(number)) == stretch(number)
    assert len(again.paths) == 6


def test_stretches_beyond_a_count_are_removed_and_written_anew(tmp_path: Path) -> None:
    files = StretchFiles(tmp_path)
    for number in range(3):
        files.append(*stretch(number))
    assert files.ids(1) == stretch(1)[1]
    files.truncate(1)
    assert len(list(tmp_path.iterdir())) == 2
    files.append(*stretch(7))
    assert (len(files), files.ids(1)) == (2, stretch(7)[1])


def test_facts_without_ids_were_not_written_completely(tmp_path: Path) -> None:
    files = StretchFiles(tmp_path)
    files.append(*stretch(0))
    files.append(*stretch(1))
    (tmp_path / "000001.ids.arrow").unlink()
    assert len(StretchFiles(tmp_path)) == 1
