"""Clauses are found although folding drops the signs, and the longest term counts at each position."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanzha.demands._scan import find_terms, split_clauses
from fanzha.demands.lexicon import load_concepts, load_term_index
from fanzha.learn.codes import CodePoints, code_points
from fanzha.learn.fold import PLACEHOLDER_TEXTS, fold, fold_width


def views(text: str) -> tuple[CodePoints, CodePoints]:
    codes = code_points(pa.array([text]))
    return fold_width(codes), fold(codes)


def clauses(text: str) -> list[str]:
    written, folded = views(text)
    numbers = np.empty(folded.codes.size, np.int32)
    count = split_clauses(written.codes, folded.codes, numbers)
    signs = [PLACEHOLDER_TEXTS.get(code, chr(code)) for code in folded.codes.tolist()]
    return ["".join(sign for sign, of in zip(signs, numbers, strict=True) if of == clause) for clause in range(count)]


def terms(text: str) -> set[tuple[str, str]]:
    _, folded = views(text)
    hits = np.empty((64, 4), np.int32)
    used = find_terms(folded.codes, np.zeros(folded.codes.size, np.int32), load_term_index(), hits)
    return {(load_concepts()[concept].name, folded.text(0)[start:end]) for concept, start, end, _ in hits[:used]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("您好，我是客服！请说密码。", ["您好", "我是客服", "请说密码"]),
        ("转 5,000.50 元；快点", ["转〔数〕元", "快点"]),
        ("登录 etc-rz.cc/a?b=1 办理，谢谢", ["登录〔链接〕办理", "谢谢"]),
        ("先下软件 我教你 很快", ["先下软件", "我教你", "很快"]),
        ("转,账,给,我,快,点", ["转账给我快点"]),
        ("tell me the code, please", ["tell me the code ", "please"]),
        ("", [""]),
    ],
)
def test_signs_of_the_written_text_end_clauses(text: str, expected: list[str]) -> None:
    assert clauses(text) == expected


def test_the_longest_term_counts_at_each_position() -> None:
    found = terms("先打过来")
    assert ("pay_me", "先打过来") in found
    assert not any(text == "先" for _, text in found)


def test_a_word_that_only_contains_a_term_hides_it() -> None:
    assert ("negation", "别") in terms("别贵")
    assert ("negation", "别") not in terms("特别便宜")


def test_a_single_character_within_a_longer_term_is_no_term() -> None:
    assert ("pay_verb", "付") in terms("还没付")
    assert ("pay_verb", "付") not in terms("支付宝")


def test_latin_terms_match_whole_words() -> None:
    assert ("code_object", "pin") in terms("your pin now")
    assert not any(concept == "code_object" for concept, _ in terms("shopping"))


def test_terms_contain_placeholders() -> None:
    assert ("link_ask", "登录\ue003") in terms("请登录 abc-def.top 办理")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_split_and_searched(text: str) -> None:
    assert "".join(clauses(text)) == "".join(PLACEHOLDER_TEXTS.get(ord(sign), sign) for sign in views(text)[1].text(0))
    terms(text)
