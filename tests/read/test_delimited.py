"""How a delimited text is written is found out; its records keep their lines; swallowed and odd ones come apart."""

import csv
import io

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.read._chunks import Chunk
from fanzha.read._delimited.layout import detect_layout
from fanzha.read._delimited.parser import (
    ParsedChunk,
    RecordShapes,
    cell_shape,
    has_swallowed_records,
    parse_chunk,
    split_line,
)
from fanzha.read._delimited.records import RecordIndex
from fanzha.read._map.column_map import FileLayout
from fanzha.read.delimited_text import fit_record

NO_SHAPES = RecordShapes([], 2)


def parsed(
    text: str, names: tuple[str, ...] = ("a", "b"), delimiter: str = ",", shapes: RecordShapes = NO_SHAPES
) -> ParsedChunk:
    return parse_chunk(Chunk(text.encode(), 10), names, list(names), delimiter, shapes)


def rows(found: ParsedChunk) -> list[tuple[object, ...]]:
    return list(zip(*(column.to_pylist() for column in found.columns.values()), strict=True))


@pytest.mark.parametrize("delimiter", [",", "\t", "|", ";", "\x01", "^"])
def test_the_delimiter_and_the_header_are_found(delimiter: str) -> None:
    text = f"表\n\n主叫号码{delimiter}被叫号码{delimiter}时间\n1{delimiter}2{delimiter}3\n4{delimiter}5{delimiter}6\n"
    look = detect_layout(text.encode("gb18030"), FileLayout(), whole=True)
    assert look is not None
    assert (look.layout.encoding, look.layout.delimiter, look.layout.header) == ("gb18030", delimiter, 3)
    assert look.names == ("主叫号码", "被叫号码", "时间") and look.preamble == "表\n"
    assert look.sample["被叫号码"].to_pylist() == ["2", "5"]


def test_what_the_map_says_of_the_file_is_taken_for_true() -> None:
    text = b"x;y\n1;2\n3;4\n"
    look = detect_layout(text, FileLayout(names=("a", "b"), header=0, delimiter=";"), whole=True)
    assert look is not None and look.names == ("a", "b") and look.sample["a"].to_pylist() == ["x", "1", "3"]
    second = detect_layout(text, FileLayout(header=2, delimiter=";"), whole=True)
    assert second is not None and second.names == ("1", "2")


def test_names_that_are_empty_or_twice_there_are_numbered() -> None:
    look = detect_layout("号码,号码,,时间\n1,2,3,4\n".encode(), FileLayout(), whole=True)
    assert look is not None and look.names == ("号码", "号码_2", "column_3", "时间")


def test_nothing_is_no_table() -> None:
    assert detect_layout(b" \n\n", FileLayout(), whole=True) is None


def test_records_keep_their_lines_across_blank_ones_and_line_ends_in_quotes() -> None:
    found = parsed('1,2\n\n"x\ny",3\n4,5\n')
    assert rows(found) == [("1", "2"), ("x\ny", "3"), ("4", "5")]
    assert found.line_numbers(np.array([0, 1, 2])) == [10, 12, 14]


def test_records_of_another_width_come_apart_with_their_lines() -> None:
    found = parsed("1,2\n3\n4,5,6\n7,8\n")
    assert rows(found) == [("1", "2"), ("7", "8")]
    assert [(odd.line, odd.cells) for odd in found.malformed] == [(11, ["3"]), (12, ["4", "5", "6"])]
    assert found.line_numbers(np.array([1])) == [13]


def test_a_quote_inside_a_cell_is_an_ordinary_sign() -> None:
    assert rows(parsed('1,5" wide\n2,"say ""hi"""\n')) == [("1", '5" wide'), ("2", 'say "hi"')]


def test_records_swallowed_by_a_stray_quote_are_given_back() -> None:
    shapes = RecordShapes([("2026-03-01", "x")], 2)
    found = parsed('2026-03-01,a\n2026-03-02,"b\n2026-03-03,c\n2026-03-04,d\n', shapes=shapes)
    assert rows(found) == [("2026-03-01", "a")]
    assert [odd.cells for odd in found.malformed] == [["2026-03-02", '"b'], ["2026-03-03", "c"], ["2026-03-04", "d"]]
    assert [odd.line for odd in found.malformed] == [11, 12, 13]


def test_a_text_of_several_lines_is_not_taken_for_records() -> None:
    shapes = RecordShapes([("2026-03-01", "x")], 2)
    found = parsed('2026-03-01,"第一行\n第二行, 有逗号"\n', shapes=shapes)
    assert rows(found) == [("2026-03-01", "第一行\n第二行, 有逗号")]


def test_shapes_know_records_by_their_ends() -> None:
    assert cell_shape("2026-03-01 08:30") == cell_shape("2026-3-1 8:05") == "9-9-9 9:9"
    shapes = RecordShapes([("id-1", "x")], 2)
    assert has_swallowed_records(["id-1,a", "id-2,b"], shapes, lambda line: line.split(","))
    assert not has_swallowed_records(["id-1,a", "word,b"], shapes, lambda line: line.split(","))


def test_bytes_arrow_cannot_take_are_read_line_by_line() -> None:
    found = parse_chunk(Chunk(b"1,2\n\xff,3\n", 1), ("a", "b"), ["a", "b"], ",", NO_SHAPES)
    assert found.count == 0 and [odd.cells for odd in found.malformed] == [["1", "2"], ["\ufffd", "3"]]


@pytest.mark.parametrize(
    ("cells", "fitted"),
    [
        (["1", "2", "3"], ["1", "2", "3"]),
        (["1", "2", "3", "", " "], ["1", "2", "3"]),
        (["1", "2"], ["1", "2", ""]),
        (["1"], None),
        (["1", "a", "b", "3"], ["1", "a,b", "3"]),
    ],
)
def test_records_fit_when_there_is_only_one_way(cells: list[str], fitted: list[str] | None) -> None:
    assert fit_record(cells, 3, content_index=1, min_cells=2) == fitted


def test_extra_cells_without_words_to_hold_them_do_not_fit() -> None:
    assert fit_record(["1", "2", "3", "4"], 3, content_index=None, min_cells=1) is None


CELLS = st.text(st.sampled_from('ab",\n \r1中'), max_size=6)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=12))
def test_what_the_csv_module_writes_is_read_back(records: list[tuple[str, str]]) -> None:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(records)
    found = parsed(file.getvalue())
    assert rows(found) == records and not found.malformed
    lines = found.line_numbers(np.arange(len(records)))
    ends = np.cumsum([0, *(sum(cell.count("\n") for cell in record) + 1 for record in records)])
    assert lines == [10 + int(end) for end in ends[:-1]]


@given(st.text(st.sampled_from('ab",\n\r1'), min_size=1, max_size=80))
def test_records_are_numbered_as_arrow_numbers_them(text: str) -> None:
    found = parsed(text)
    records = RecordIndex(Chunk(text.encode(), 10), ",", [])
    assert len(records.parsed_lines(np.arange(found.count))) == found.count
    kept = [odd for odd in found.malformed if odd.line]
    assert all(10 <= odd.line <= 10 + text.count("\n") for odd in kept)


@pytest.mark.parametrize("text", ['a\r,"a11,\nb"a', '\r\naaa\r,"\r\n\n\r', 'a\r,"\nb"'])
def test_a_carriage_return_ends_a_record(text: str) -> None:
    found = parsed(text)
    assert len(found.line_numbers(np.arange(found.count))) == found.count


def test_cells_of_one_line() -> None:
    assert split_line('a,"b,c",d\r\n', ",") == ["a", "b,c", "d"]
    assert split_line('a,"b,c', ",") == ["a", '"b', "c"]
    assert pa.array(split_line("", ",")).to_pylist() == [""]
