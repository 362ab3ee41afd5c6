"""Objects are found in JSON of any shape, counted, and read in bulk or one by one with the same result."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.read._chunks import Chunk
from fanzha.read._json.objects import MAX_BULK_DEPTH, TOO_DEEP, flatten_object, get_dotted, read_objects
from fanzha.read._json.scanner import find_object_level, measure_depth, split_at_level, split_objects

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text('ab"\\{}[]\n中,', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab{", max_size=3), inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.lists(st.dictionaries(st.text("xyz", min_size=1, max_size=3), VALUES, min_size=1, max_size=3), max_size=6)


def lines_of(chunks: Iterator[Chunk]) -> list[Any]:
    return [json.loads(line) for chunk in chunks for line in chunk.data.split(b"\n") if line.strip()]


def objects(text: str) -> list[Any]:
    return lines_of(split_objects(iter([text.encode()])))


@given(OBJECTS, st.sampled_from([None, 1]))
def test_objects_are_found_in_every_shape(records: list[dict[str, Any]], indent: int | None) -> None:
    assert objects("\n".join(json.dumps(one) for one in records)) == records
    assert objects(json.dumps(records, indent=indent)) == records
    if len(records) > 1:
        assert objects("\n".join(json.dumps(one, indent=1) for one in records)) == records
        plain = [{"x": str(one)} for one in records]
        assert objects(json.dumps({"code": 0, "data": {"rows": plain}}, indent=1)) == plain


@given(OBJECTS, st.integers(1, 40))
def test_objects_are_found_however_the_text_is_cut(records: list[dict[str, Any]], size: int) -> None:
    text = json.dumps(records, indent=1).encode()
    blocks = (text[start : start + size] for start in range(0, len(text), size))
    assert lines_of(split_at_level(1, blocks)) == records


def test_one_object_with_a_list_inside_is_one_record() -> None:
    leg = {"variables": {"a": "1"}, "callflow": [{"b": 1}]}
    assert objects(json.dumps(leg, indent=1)) == [leg]


def test_the_level_of_records_is_that_of_the_first_object_in_a_list() -> None:
    assert find_object_level(b'[{"a": 1}]') == 1
    assert find_object_level(b'{"a": {"b": [ {"c": 1}, {"c": 2}]}}') == 3
    assert find_object_level(b'{"a": "[{},{}"}') == 0


def test_depth_is_measured_outside_of_text() -> None:
    assert measure_depth(b'{"a": [[1]], "b": "[[[[["}') == 3
    assert measure_depth(b"[" * 100_000) == 100_000


def both(lines: list[str], names: list[str]) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    data = "\n".join(lines).encode()
    bulk = read_objects(data, names, [])
    single = read_objects(data + b'\n{"a":1,"a":2}', names, [])  # Arrow gives up on a name said twice
    return (
        {name: [str(v) for v in column.to_pylist()] for name, column in bulk.columns.items()},
        {name: [str(v) for v in column.to_pylist()[:-1]] for name, column in single.columns.items()},
    )


def test_in_bulk_and_one_by_one_are_the_same() -> None:
    bulk, single = both(['{"a": "x", "n": {"b": 1}}', "", '{"a": null}', '{"a": "y"}'], ["a", "n.b", "gone"])
    assert bulk == single == {"a": ["x", "None", "y"], "n.b": ["1", "None", "None"], "gone": ["None"] * 3}


def test_types_that_change_are_read_as_text() -> None:
    found = read_objects(b'{"a": 1}\n{"a": "x"}\n{"a": true}\n{"a": 1.5}\n{"a": [1]}', ["a"], [])
    assert found.columns["a"].to_pylist() == ["1", "x", "true", "1.5", "[1]"]


def test_times_are_not_guessed_where_they_are_known_to_be_text() -> None:
    found = read_objects(b'{"a": "2026-03-01T08:30:15+08:00"}', ["a"], ["a"])
    assert found.columns["a"].to_pylist() == ["2026-03-01T08:30:15+08:00"]


def test_lines_that_are_no_objects_are_told_with_their_place() -> None:
    deep = b'{"a":' + b"[" * (MAX_BULK_DEPTH + 5_000) + b"]" * (MAX_BULK_DEPTH + 5_000) + b"}"
    found = read_objects(b'{"a": 1}\n5\nnot json\n' + deep + b'\n{"a": 2}', ["a"], [])
    assert [place for place, _, _ in found.invalid] == [1, 2, 3]
    assert found.invalid[2][1] == TOO_DEEP
    assert (found.line_indexes.tolist(), found.columns["a"].to_pylist()) == ([0, 4], ["1", "2"])
    assert isinstance(found.line_indexes, np.ndarray)


def test_dotted_names_lead_into_objects() -> None:
    record = {"a": {"b": {"c": {"d": 1}}}, "x.y": 2}
    assert dict(flatten_object(record)) == {"a.b.c": {"d": 1}, "x.y": 2}
    assert (get_dotted(record, "a.b.c"), get_dotted(record, "x.y"), get_dotted(record, "a.z")) == ({"d": 1}, 2, None)


@pytest.mark.parametrize("text", [b"", b"[", b"{", b'[{"a": 1', b'{"a": "', b"]]]]", b'}{"a": 1}'])
def test_broken_text_ends(text: bytes) -> None:
    list(split_objects(iter([text])))
