"""Files are read piece by piece from any position on, as they are or as they grow; what is no such file is told."""

from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.findings import FINDING, finding

from fanzha.base.errors import UsageError
from fanzha.claims.finding import to_table
from fanzha.command.subjects.ingest.sources import (
    MAX_LINE_BYTES,
    FindingBatch,
    find_sources,
    identify_source,
    read_batches,
    source_length,
)

NOW = FINDING.found_at + 1_000
FOUND = [finding(event_ids=(f"e{number}",)) for number in range(25)]
LINE = msgspec.json.encode(FINDING) + b"\n"


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("table") / "findings.parquet"
    pq.write_table(to_table(FOUND), path, row_group_size=7)
    return path


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lines") / "found.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in FOUND))
    return path


def read(path: Path, position: int = 0, row: int = 0, size: int = 10, *, is_whole: bool = False) -> list[FindingBatch]:
    source = identify_source(path, is_whole=is_whole)
    assert source is not None
    return list(read_batches(source, position, row, size, NOW))


def ids(found: list[FindingBatch]) -> list[str]:
    return [one.finding_id for piece in found for one in piece.usable]


@given(size=st.integers(1, 30), stop=st.integers(0, 30))
def test_wherever_one_stops_the_rest_follows(table: Path, lines: Path, size: int, stop: int) -> None:
    for path in (table, lines):
        first = read(path, size=size)[:stop]
        position, row = (first[-1].position, first[-1].row) if first else (0, 0)
        rest = read(path, position, row, size + 1)
        assert ids(first) + ids(rest) == [one.finding_id for one in FOUND]
        assert [one.row for piece in (*first, *rest) for one in piece.usable] == list(range(1, 26))


def test_a_table_says_its_rows_and_lines_their_bytes(table: Path, lines: Path) -> None:
    of_table, of_lines = identify_source(table), identify_source(lines)
    assert of_table and of_lines
    assert (source_length(of_table), source_length(of_lines)) == (25, lines.stat().st_size)
    assert (of_table.grows, of_lines.grows) == (False, True)


def test_half_a_line_waits_unless_the_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    path.write_bytes(LINE + LINE[:-1])
    assert len(ids(read(path))) == 1 and read(path)[-1].position == len(LINE)
    assert len(ids(read(path, is_whole=True))) == 2
    path.write_bytes(LINE[:-1])
    assert identify_source(path) is None and len(ids(read(path, is_whole=True))) == 1


def test_of_a_screens_log_findings_alone_are_read(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    records = [(1, NOW, "call", {}), (2, NOW, "finding", FINDING), (3, NOW, "finding", {}), (4, NOW, "end", {})]
    path.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in records) + b'[5, 1,"finding",\n\n')
    (piece,) = read(path)
    assert [one.row for one in piece.usable] == [2]
    assert [one.row for one in piece.rejected] == [3, 5]
    assert piece.row == 6


def test_a_line_without_end_is_cut_and_refused(tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    path.write_bytes(b"{" * (MAX_LINE_BYTES + 10) + b"\n" + LINE)
    found = read(path)
    assert len(ids(found)) == 1 and sum(len(piece.rejected) for piece in found) == 2


def test_another_file_under_the_same_name_is_another_source(tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    path.write_bytes(LINE)
    before = identify_source(path)
    with path.open("ab") as file:
        file.write(LINE)
    assert identify_source(path) == before
    path.write_bytes(LINE.replace(b"made-up", b"another"))
    assert identify_source(path) != before and identify_source(tmp_path / "gone.jsonl") is None


def test_of_folders_findings_are_taken_and_rejects_and_hidden_files_left(table: Path, tmp_path: Path) -> None:
    for name in ("a/x.jsonl", "a/rejects.jsonl", ".hidden/y.jsonl", "b/.z.jsonl", "b/other.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(LINE)
    (tmp_path / "findings.parquet").write_bytes(table.read_bytes())
    assert [one.path.relative_to(tmp_path) for one in find_sources([tmp_path, tmp_path / "a" / "x.jsonl"])] == [
        Path("a/x.jsonl"),
        Path("findings.parquet"),
    ]
    with pytest.raises(UsageError, match="is not there"):
        find_sources([tmp_path / "nowhere"])


def test_what_is_no_table_of_findings_is_told(tmp_path: Path) -> None:
    path = tmp_path / "findings.parquet"
    path.write_bytes(b"PAR1 but no table")
    with pytest.raises(UsageError, match="cannot be read"):
        read(path)
    pq.write_table(to_table(FOUND).rename_columns(["id", *to_table([]).column_names[1:]]), path)
    with pytest.raises(UsageError, match="column finding_id is missing"):
        read(path)
