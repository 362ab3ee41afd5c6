"""Classified by the million or one by one, a number is the same number."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kinds.numbering.written import written_numbers

from fanzha.base import kernels
from fanzha.base.kernels import RowBudget
from fanzha.kinds.numbering import columns
from fanzha.kinds.numbering.columns import SCHEMA, classify_many
from fanzha.kinds.numbering.facts import classify

WRITTEN = ["+8617012345678", None, "", "+852 9123 4567", "95588", "１３８００１３８０００", "+86" * 40, "010-12345678"]


def expected(raw: str | None) -> dict[str, Any]:
    facts = None if raw is None else classify(raw)
    return {name: None if facts is None else getattr(facts, name) for name in SCHEMA.names}


@given(st.lists(st.none() | written_numbers(), max_size=30))
def test_columns_say_what_the_single_path_says(raws: list[str | None]) -> None:
    assert classify_many(pa.array(raws, pa.string())).to_pylist() == [expected(raw) for raw in raws]


@given(st.lists(st.none() | written_numbers(), max_size=30))
def test_few_rows_are_classified_without_compiling_and_say_the_same(raws: list[str | None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "_BUDGET", RowBudget())
        patch.setattr(kernels, "INTERPRETED_ROWS", 1_000)
        assert classify_many(pa.array(raws, pa.string())).to_pylist() == [expected(raw) for raw in raws]


def test_chunks_slices_and_views_are_read_where_they_are() -> None:
    whole = pa.array(WRITTEN, pa.string())
    expected_rows = [expected(raw) for raw in WRITTEN]
    chunked = pa.chunked_array([whole.slice(0, 3), whole.slice(3)])
    assert classify_many(chunked).to_pylist() == expected_rows
    assert classify_many(whole.slice(2, 4)).to_pylist() == expected_rows[2:6]
    assert classify_many(whole.cast(pa.string_view())).to_pylist() == expected_rows


def test_no_rows_give_an_empty_table_of_the_same_columns() -> None:
    for nothing in (pa.array([], pa.string()), pa.chunked_array([], pa.string())):
        assert classify_many(nothing).schema == SCHEMA
        assert classify_many(nothing).num_rows == 0


def test_rows_that_are_all_null_stay_null() -> None:
    assert classify_many(pa.nulls(3, pa.string())).column("number_class").null_count == 3
