"""Names are compared by the textbook distance, and slips of fingers and eyes are told from other names."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.brands import _arrays as tables
from fanzha.brands import _comparison as comparing
from fanzha.brands._name_index import pack_rows
from fanzha.brands.match import Matcher

WORDS = st.text("abcd", max_size=8)


def textbook(left: str, right: str) -> int:
    """Optimal string alignment, cell by cell."""
    cost = [[max(i, j) if not i or not j else 0 for j in range(len(right) + 1)] for i in range(len(left) + 1)]
    for i in range(1, len(left) + 1):
        for j in range(1, len(right) + 1):
            same = left[i - 1] == right[j - 1]
            cost[i][j] = min(cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (not same))
            if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
                cost[i][j] = min(cost[i][j], cost[i - 2][j - 2] + 1)
    return cost[-1][-1]


@given(WORDS, WORDS, st.integers(1, 3))
def test_distance_is_the_textbook_one_up_to_the_limit(left: str, right: str, limit: int) -> None:
    a, b = pack_rows([left])[0], pack_rows([right])[0]
    assert comparing.edits(a, 0, len(left), b, 0, len(right), limit) == min(textbook(left, right), limit + 1)


@pytest.mark.parametrize(
    ("label", "name", "kind", "slip"),
    [
        ("taobo", "taobao", tables.LEFT_OUT, True),
        ("taobaao", "taobao", tables.REPEATED, True),
        ("taobaox", "taobao", tables.ADDED, True),
        ("tzaobao", "taobao", tables.ADDED, True),
        ("tqxobao", "taobxo", tables.REPLACED, False),
        ("tsobao", "taobao", tables.REPLACED, True),
        ("atobao", "taobao", tables.SWAPPED, False),
        ("tabao", "taoao", tables.REPLACED, False),
        ("toabao", "taobao", tables.SWAPPED, True),
        ("zaobao", "taobao", tables.REPLACED, False),
    ],
)
def test_the_edit_is_named_and_slips_are_told(matcher: Matcher, label: str, name: str, kind: int, slip: bool) -> None:
    a, b = pack_rows([label])[0], pack_rows([name])[0]
    told = comparing.edit_kind(a, 0, len(label), b, 0, len(name), matcher.names.slips)
    assert (told[0], bool(told[1])) == (kind, slip) or textbook(label, name) != 1


def room_of(matcher: Matcher, text: str) -> tables.Scratch:
    from fanzha.brands._host_folding import fold_host

    room = tables.scratch()
    fold_host(pack_rows([text])[0], 0, len(text), matcher.names.fold, room)
    return room


@pytest.mark.parametrize(
    ("text", "bait"),
    [("login", True), ("kefu888", True), ("vip888", False), ("kefulogin", True), ("88", False), ("www", False)],
)
def test_companion_words_are_read_singly_joined_and_with_digits(matcher: Matcher, text: str, bait: bool) -> None:
    bits = comparing.companion(matcher.names, room_of(matcher, text), 0, len(text))
    assert bits > 0
    assert bool(bits & tables.BAIT) == bait


@pytest.mark.parametrize(
    ("text", "is_pinyin"), [("zhongguo", True), ("xian", True), ("taobao", True), ("taoqao", False), ("github", False)]
)
def test_pinyin_is_told_from_other_letters(matcher: Matcher, text: str, is_pinyin: bool) -> None:
    assert bool(comparing.is_pinyin(matcher.names, room_of(matcher, text), 0, len(text))) == is_pinyin


@pytest.mark.parametrize(
    ("text", "bait", "known"), [("jfdhsc", False, True), ("kefurzzx", True, True), ("mountain", False, False)]
)
def test_phrase_is_any_number_of_companion_words(matcher: Matcher, text: str, bait: bool, known: bool) -> None:
    bits = comparing.phrase(matcher.names, room_of(matcher, text), 0, len(text))
    assert (bits >= 0, known and bool(bits & tables.BAIT)) == (known, bait)


@pytest.mark.parametrize(
    ("text", "expected"), [("qrzx", True), ("qrzx88", True), ("qrzax", False), ("88", False), ("qrzxbnm", False)]
)
def test_initials_are_up_to_six_consonants(matcher: Matcher, text: str, expected: bool) -> None:
    assert bool(comparing.is_initials(room_of(matcher, text), 0, len(text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("hxqwt", True), ("wmxtu", True), ("hvt", False), ("example", False), ("qianyue88", False), ("system", False)],
)
def test_label_of_consonants_looks_random(matcher: Matcher, text: str, expected: bool) -> None:
    assert bool(comparing.is_random(room_of(matcher, text), 0, len(text))) == expected


def test_another_word_is_no_companion(matcher: Matcher) -> None:
    assert comparing.companion(matcher.names, room_of(matcher, "mountain"), 0, 8) == -1
    assert comparing.word(matcher.names, room_of(matcher, "mountain"), 0, 8) == 0
    assert np.int64(0) == 0
