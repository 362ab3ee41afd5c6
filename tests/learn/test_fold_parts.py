"""Pairs of components recompose; doubtful pairs do so only on request, and repeated emoji are told apart."""

import numpy as np
import pytest

from fanzha.learn._fold_parts import is_emoji, is_repeated, is_wei, recompose
from fanzha.learn.fold import folding_table


def recomposed(text: str, doubtful: bool) -> str:
    codes = np.array([ord(sign) for sign in text], np.uint32)
    size = recompose(codes, len(text), folding_table(), doubtful)
    return "".join(chr(code) for code in codes[:size])


@pytest.mark.parametrize(("split", "whole"), [("亻言", "信"), ("钅戋", "钱"), ("贝长户", "账户"), ("代贝款", "贷款")])
def test_a_part_that_never_stands_alone_recomposes(split: str, whole: str) -> None:
    assert recomposed(split, doubtful=False) == recomposed(split, doubtful=True) == whole


@pytest.mark.parametrize(("split", "whole"), [("力口", "加"), ("车专", "转"), ("木又", "权"), ("月几", "股")])
def test_doubtful_pairs_recompose_on_request(split: str, whole: str) -> None:
    assert recomposed(split, doubtful=False) == split
    assert recomposed(split, doubtful=True) == whole


@pytest.mark.parametrize("text", ["女子", "门口", "日月", "人言可畏", "亻", ""])
def test_ordinary_pairs_stay(text: str) -> None:
    assert recomposed(text, doubtful=True) == text


def test_emoji_that_stand_twice_are_repeated() -> None:
    codes = np.array([ord(sign) for sign in "🧧🧧领💰"], np.uint32)
    assert [is_repeated(codes, position, 0, 4) for position in (0, 1, 3)] == [True, True, False]
    assert [is_emoji(int(code)) for code in codes] == [True, True, False, True]


def test_characters_that_stand_for_wei() -> None:
    assert all(is_wei(ord(sign)) for sign in "微薇威v")
    assert not is_wei(ord("为"))
