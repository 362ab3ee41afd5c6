"""The shape of a text says how long and how mixed it is, and nothing of its words."""

import pyarrow as pa

from fanzha.learn.codes import code_points
from fanzha.learn.fold import fold, fold_width
from fanzha.learn.shape import FEATURES, shape


def shapes(*texts: str) -> list[list[int]]:
    codes = code_points(pa.array(texts))
    found = shape(fold_width(codes), fold(codes))
    return found.codes.reshape(len(texts), FEATURES).tolist()


def test_every_feature_has_its_own_code_points() -> None:
    (one,) = shapes("请登录 http://a.example 领取 88 元，致电 19900001234")
    assert [(code - 0xF0000) // 512 for code in one] == list(range(FEATURES))


def test_other_words_of_the_same_form_have_the_same_shape() -> None:
    first, second = shapes("今天下雨记得带伞", "明天晴朗适合出门")
    assert first == second


def test_a_link_and_a_longer_text_change_the_shape() -> None:
    plain, link, long = shapes("请登录", "请登录http://a.example", "请登录" * 9)
    assert plain != link and plain != long


def test_an_empty_text_has_a_shape() -> None:
    assert len(shapes("")[0]) == FEATURES
