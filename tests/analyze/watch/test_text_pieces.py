"""Pieces of a text are read alike, whatever keys their records lack; rejects name the lines of the whole text."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.analyze.watch.sequence import HEAD, MAP, row

from fanzha.analyze.watch.text_pieces import TextLayout, UnsureMap, read_piece, resolve_layout
from fanzha.read import ReadContext, find_sources

CONTEXT = ReadContext(observed_at=0)
RECORD = '{"id": "e1", "at": 1772323200000, "caller": "+8617000000001", "callee": "+8617000000002"}\n'


def layout_of(tmp_path: Path, name: str, head: str, map_text: str = MAP) -> TextLayout:
    """Return the layout of a text that begins so."""
    path = tmp_path / name
    path.write_text(head)
    (tmp_path / "map.toml").write_text(map_text)
    (source,) = find_sources([path], map_file=tmp_path / "map.toml")
    layout = resolve_layout(source, head.encode(), CONTEXT, tmp_path / "maps")
    assert layout is not None
    return layout


def test_the_head_stands_before_each_piece_and_rejects_name_the_line_of_the_text(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, "calls.csv", HEAD + row(1))
    assert (layout.head, layout.head_lines) == (HEAD.encode(), 1)
    tables, rejects = read_piece(layout, (row(5) + "e9,no moment,1,2\n").encode(), 5, CONTEXT, tmp_path / "piece")
    assert tables["call_offered"].num_rows == 1
    assert [reject.row for reject in rejects] == [7]
    assert not list((tmp_path / "piece").iterdir())


def test_json_whose_records_all_lack_an_optional_key_is_read(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, "calls.json", RECORD)
    lacking = b'{"id": "e2", "at": 1772323201000, "caller": "+8617000000001"}\n'
    tables, rejects = read_piece(layout, lacking, 1, CONTEXT, tmp_path / "piece")
    assert rejects == () and tables["call_offered"].column("callee").to_pylist() == [None]


def test_json_without_its_time_is_rejected(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, "calls.json", RECORD)
    tables, rejects = read_piece(layout, b'{"id": "e2", "caller": "+8617000000001"}\n', 1, CONTEXT, tmp_path / "piece")
    assert sum(batch.num_rows for batch in tables.values()) == 0 and len(rejects) == 1


def test_json_that_is_nested_too_deeply_is_no_text_of_lines(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_bytes(b'{"a": ' + 30_000 * b"[" + b"\n" + RECORD.encode())
    (source,) = find_sources([path], table="call_offered")
    assert resolve_layout(replace(source, format="json"), path.read_bytes(), CONTEXT, tmp_path / "maps") is None


def test_what_its_columns_do_not_tell_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b,c\n1,2,3\n4,5,6\n")
    (source,) = find_sources([path])
    with pytest.raises(UnsureMap):
        resolve_layout(source, path.read_bytes(), CONTEXT, tmp_path / "maps")
