"""Closed words, yes or no, and numbers are translated; what is none of them is found and named."""

import pyarrow as pa
import pytest

from fanzha.read._arrow import ArrowColumn
from fanzha.read._convert.values import (
    NOT_A_NUMBER,
    NOT_LISTED,
    NOT_WHOLE,
    OUT_OF_RANGE,
    parse_booleans,
    parse_choices,
    parse_numbers,
)


def whole(column: ArrowColumn, low: float | None = 0, high: float | None = 127) -> tuple[list[object], list[object]]:
    cells = parse_numbers(column, pa.int32(), low, high)
    return cells.values.to_pylist(), [why for _, why in cells.problems]


def test_words_are_translated_and_strange_ones_found() -> None:
    cells = parse_choices(pa.array(["国际", "MOBILE", "?", None, "skip"]), ("mobile",), {"国际": "mobile", "skip": ""})
    assert cells.values.to_pylist() == ["mobile", "mobile", None, None, None]
    assert [(found.tolist(), why) for found, why in cells.problems] == [
        ([False, False, True, False, False], NOT_LISTED)
    ]


def test_yes_and_no_of_many_tongues() -> None:
    cells = parse_booleans(pa.array(["是", "N", "1", "ANSWERED", "NO ANSWER", "maybe", None, "好"]), {"好": "true"})
    assert cells.values.to_pylist() == [True, False, True, True, False, None, None, True]
    assert cells.problems[0][0].tolist() == [False] * 5 + [True, False, False]
    assert parse_booleans(pa.array([True, None]), {}).values.to_pylist() == [True, None]


@pytest.mark.parametrize(
    ("cell", "value"), [("16", 16), ("1,024", 1_024), ("¥12", 12), ("35次", 35), ("+3", 3), ("7.0", 7), ("1e2", 100)]
)
def test_a_written_number_is_understood(cell: str, value: int) -> None:
    assert whole(pa.array([cell, "x"]), high=None) == ([value, None], [NOT_A_NUMBER])


def test_numbers_outside_what_can_be_true_are_found() -> None:
    assert whole(pa.array(["-1", "128", "16"])) == ([None, None, 16], [OUT_OF_RANGE])
    assert whole(pa.array(["1e999", "99999999999999999999999"]), high=None) == ([None, None], [OUT_OF_RANGE])
    assert whole(pa.array(["2.5"])) == ([None], [NOT_WHOLE])


def test_nan_is_nothing_and_infinity_is_out_of_range() -> None:
    assert whole(pa.array([float("nan"), float("inf"), 3.0])) == ([None, None, 3], [OUT_OF_RANGE])


def test_integers_too_large_for_a_float_do_not_overflow() -> None:
    assert whole(pa.array([2**62, 5])) == ([None, 5], [OUT_OF_RANGE])
    assert whole(pa.array([True, False, None])) == ([1, 0, None], [])
