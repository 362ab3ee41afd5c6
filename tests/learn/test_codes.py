"""Texts become code points and come back, whatever they hold."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from fanzha.learn.codes import code_points


@given(st.lists(st.text(), max_size=20))
def test_code_points_come_back_as_the_text(texts: list[str]) -> None:
    codes = code_points(pa.array(texts, pa.string()))
    assert [codes.text(row) for row in range(len(texts))] == texts


def test_null_is_the_empty_text_and_slices_and_chunks_are_read_right() -> None:
    column = pa.chunked_array([pa.array(["甲a", None]), pa.array(["x", "乙𝐀"])]).slice(1)
    codes = code_points(column)
    assert [codes.text(row) for row in range(3)] == ["", "x", "乙𝐀"]


def test_texts_can_be_cut() -> None:
    assert code_points(pa.array(["一二三四"]), max_characters=2).text(0) == "一二"


def test_no_texts_give_no_codes() -> None:
    codes = code_points(pa.array([], pa.string()))
    assert codes.codes.size == 0 and codes.offsets.tolist() == [0]
