"""Chinese text is cut into dictionary words, other text into runs; the codes of equal words are equal."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.learn.codes import code_points
from fanzha.learn.words import word_costs, word_table, words


def codes(text: str) -> list[int]:
    return [int(code) for code in words(code_points(pa.array([text]))).codes]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("公安机关调查", ("公安", "机关", "调查")),
        ("研究生命起源", ("研究", "生命", "起源")),
        ("把钱转到安全账户", ("把", "钱", "转", "到", "安全", "账户")),
        ("验证码123456请勿告诉他人", ("验证", "码", "123456", "请勿", "告诉", "他人")),
        ("加wechat号，abc 12", ("加", "wechat", "号", "，", "abc", "12")),
    ],
)
def test_a_text_is_cut_into_words(text: str, cut: tuple[str, ...]) -> None:
    assert codes(text) == [code for word in cut for code in codes(word)]
    assert len(codes(text)) == len(cut)


def test_gaps_are_no_words() -> None:
    assert codes("  \n") == []


def test_each_text_has_its_own_words() -> None:
    found = words(code_points(pa.array(["公安", "", None, "调查"])))
    assert found.offsets.tolist() == [0, 1, 1, 1, 2]


def test_every_word_of_the_table_is_found_in_its_slot() -> None:
    table = word_table()
    assert (table.keys > 0).sum() > 50_000
    assert ((table.costs > 0) == (table.keys > 0)).all()


@given(st.text(max_size=60))
def test_any_text_is_cut(text: str) -> None:
    assert len(codes(text)) <= len(text)


def test_the_costs_of_words_are_those_of_the_table() -> None:
    costs = word_costs()
    assert len(costs) == (word_table().keys > 0).sum() and 0 < costs["电话"] < costs["佣金"]
