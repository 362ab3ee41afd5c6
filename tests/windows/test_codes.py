"""Codes are identities: one to one, both ways, whatever the texts, and also after sweeping and restoring."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.windows.codes import FEW, TextCodes, is_packed, pack, without_last
from fanzha.windows.facts import UNKNOWN

TEXTS = st.one_of(
    st.text(max_size=20),
    st.from_regex(r"\A\+?[0-9]{1,19}\Z"),
    st.sampled_from(["", "+", "0", "00", "+0", "TG-1", "中继"]),
)


@given(st.lists(st.lists(st.one_of(st.none(), TEXTS), max_size=30), max_size=5), st.integers(0, 2**64 - 1))
def test_every_text_has_one_code_and_every_code_one_text(stretches: list[list[str | None]], seed: int) -> None:
    codes = TextCodes(seed=seed)
    known: dict[str, int] = {}
    for stretch in stretches:
        for text, code in zip(stretch, codes.encode(pa.array(stretch, pa.string())).tolist(), strict=True):
            assert (code == UNKNOWN) == (text is None)
            if text is not None:
                assert known.setdefault(text, code) == code
                assert codes.text(code) == text
    assert len(set(known.values())) == len(known)


def test_a_sliced_column_gives_the_codes_of_its_rows() -> None:
    codes = TextCodes()
    whole = pa.array(["a", None, "b", "+8613800000000", "a"])
    assert codes.encode(whole.slice(2)).tolist() == codes.encode(pa.array(["b", "+8613800000000", "a"])).tolist()


def test_numbers_need_no_table() -> None:
    codes = TextCodes()
    for text in ("+8613800000000", "010", "00000000000000000", "99999999999999999"):
        assert codes.code(text) == pack(text)
    assert codes.text_count == 0
    assert pack("123456789012345678") is None
    assert pack("") is None
    assert pack("１２") is None


def test_texts_not_met_for_a_while_are_forgotten_and_their_memory_is_used_again() -> None:
    codes = TextCodes()
    sizes = []
    for generation in range(20):
        codes.encode(pa.array([f"call-{generation}-{n}" for n in range(5000)]), now=generation)
        codes.sweep(before=generation)
        sizes.append(codes.bytes_held)
    assert codes.text_count == 5000
    assert max(sizes[3:]) == min(sizes[3:])


def test_released_codes_go_with_the_next_sweep_and_numbers_need_no_release() -> None:
    codes = TextCodes()
    given = codes.encode(pa.array(["a", "b", "+8613800000000", None]), now=9)
    codes.release(given[[0, 2, 3]])
    codes.sweep(before=0)
    assert codes.text_count == 1
    assert codes.code("b") == given[1]


def test_what_is_still_used_keeps_its_code_when_others_go() -> None:
    codes = TextCodes()
    stays = codes.code("stays", now=9)
    codes.encode(pa.array([f"goes-{n}" for n in range(100)]), now=1)
    codes.sweep(before=5)
    assert codes.text_count == 1
    assert codes.code("stays") == stays
    assert len({stays, *codes.encode(pa.array([f"new-{n}" for n in range(200)])).tolist()}) == 201


@given(st.lists(TEXTS, max_size=40), st.lists(TEXTS, max_size=40))
def test_a_restored_table_goes_on_with_the_same_codes(before: list[str], after: list[str]) -> None:
    codes = TextCodes(seed=7)
    codes.encode(pa.array(before, pa.string()), now=1)
    restored = TextCodes.restore(codes.save())
    assert restored.encode(pa.array(after, pa.string())).tolist() == codes.encode(pa.array(after, pa.string())).tolist()


def test_a_table_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format 9"):
        TextCodes.restore(b"\x95\x09\x00\x90\x90\x90")


@given(st.lists(st.lists(TEXTS, max_size=FEW), max_size=5))
def test_a_few_texts_have_the_codes_of_columns(stretches: list[list[str]]) -> None:
    few, columns = TextCodes(seed=7), TextCodes(seed=7)
    for now, stretch in enumerate(stretches):
        assert few.encode_few(stretch, now) == columns.encode(pa.array(stretch, pa.string()), now).tolist()


def test_what_cannot_be_written_as_utf_8_is_a_text_too() -> None:
    assert TextCodes().encode_few(["\ud800", "a"], 0) == TextCodes().encode_few(["?", "a"], 0)


def test_a_full_table_knows_its_texts_and_takes_no_more() -> None:
    codes = TextCodes()
    codes.most = 2
    assert codes.encode_few(["a", "b", "c", "+8613800000000"], 1) == [0, 1, UNKNOWN, pack("+8613800000000")]
    assert codes.encode_few(["b", "c"], 2) == [1, UNKNOWN]
    assert codes.text_count == 2


@given(st.lists(st.one_of(st.none(), TEXTS), max_size=30), st.integers(0, 20))
def test_what_is_without_its_last_digits_is_told_of_by_its_code_or_left_over(
    texts: list[str | None], count: int
) -> None:
    codes = TextCodes()
    cut, left_over = without_last(codes.encode(pa.array(texts, pa.string())), count)
    for text, code, left in zip(texts, cut.tolist(), left_over.tolist(), strict=True):
        if text is None or left:
            assert code == UNKNOWN and left == (text is not None)
        else:
            assert count and code == codes.code(text[:-count])


@given(st.lists(TEXTS, max_size=30))
def test_codes_of_digits_are_told_from_those_of_other_texts(texts: list[str]) -> None:
    codes = TextCodes().encode(pa.array(texts, pa.string()))
    assert is_packed(codes).tolist() == [pack(text) is not None for text in texts]


def test_many_codes_are_texts_again_at_once() -> None:
    table = TextCodes(seed=3)
    texts = ["", "呼叫", "+8613800138000", "89860000000000000001", None, "017", "a" * 40]
    codes = table.encode(pa.array(texts, pa.string()))
    assert table.texts(codes).to_pylist() == texts
    assert table.texts(codes[:0]).to_pylist() == []
    assert TextCodes().texts(np.array([UNKNOWN])).to_pylist() == [None]
