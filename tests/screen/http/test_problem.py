"""Problems are told as RFC 9457 asks, in the language preferred; what does not fit a struct is said in both."""

import json
import re
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.words import Words
from fanzha.screen.http.problem import PROBLEMS, HttpProblem, malformed, prefers_chinese, wrong_shape


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    """Something with every sort of limit."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=4)]
    values: Annotated[list[str], msgspec.Meta(max_length=1)] = []
    grade: Literal["A", "B"] = "A"
    share: Annotated[float, msgspec.Meta(ge=0)] = 0
    code: Annotated[str, msgspec.Meta(pattern="^x$")] = "x"


@pytest.mark.parametrize(
    ("accepted", "chinese"),
    [
        ("", True),
        ("zh", True),
        ("zh-TW", True),
        ("en", False),
        ("EN-us", False),
        ("fr", True),
        ("*", True),
        ("en;q=0.5, zh", True),
        ("zh;q=0.5,en", False),
        ("zh;q=0.5, en;q=0.5", True),
        ("en; q = 0.9 , zh ; q=0.1", False),
        ("en;q=broken", False),
        ("en;q=0", True),
        ("zh;q=0, en;q=0", True),
        (",;=,", True),
    ],
)
def test_the_language_preferred_is_taken_and_chinese_where_none_is(accepted: str, chinese: bool) -> None:
    assert prefers_chinese(accepted.encode()) is chinese


@given(st.binary(max_size=400))
def test_any_header_gives_a_language(accepted: bytes) -> None:
    assert prefers_chinese(accepted) in (True, False)


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_sort_of_problem_is_told_in_both_languages(code: str) -> None:
    problem = HttpProblem(code, Words("说明", "what happened"))
    chinese, english = (json.loads(problem.body(case)) for case in (True, False))
    assert chinese["type"] == english["type"] == f"urn:fanzha:problem:{code}"
    assert chinese["status"] == english["status"] == problem.status and 400 <= problem.status < 600
    assert re.search(r"[一-鿿]", chinese["title"]) and not re.search(r"[一-鿿]", english["title"])
    assert (chinese["detail"], english["detail"]) == ("说明", "what happened")


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ({}, "缺少必填字段 name", "missing required field `name`"),
        ([], "应为 object，实为 array", "Expected `object`, got `array`"),
        ({"name": "x", "more": 1}, "未知字段 more", "unknown field `more`"),
        ({"name": ""}, "str 的长度应 >= 1（位置 $.name）", "length >= 1 (at $.name)"),
        ({"name": "x", "values": ["1", "2"]}, "array 的长度应 <= 1（位置 $.values）", "(at $.values)"),
        ({"name": "x", "values": [1]}, "应为 str，实为 int（位置 $.values[0]）", "(at $.values[0])"),
        ({"name": "x", "grade": "C"}, "不在允许的取值之内（位置 $.grade）", "Invalid enum value 'C'"),
        ({"name": "x", "share": -1.5}, "float 的值应 >= 0", "Expected `float` >= 0"),
        ({"name": "x", "code": "y"}, "str 的写法不符", "matching regex"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(value: Any, zh: str, en: str) -> None:
    with pytest.raises(msgspec.ValidationError) as raised:
        msgspec.json.decode(json.dumps(value).encode(), type=Shape)
    problem = wrong_shape(raised.value)
    assert zh in problem.detail.zh and en in problem.detail.en and problem.status == 422


def test_a_long_name_from_outside_is_not_sent_back_whole() -> None:
    with pytest.raises(msgspec.ValidationError) as raised:
        msgspec.json.decode(json.dumps({"x" * 5_000: 1}).encode(), type=Shape)
    assert len(wrong_shape(raised.value).detail.en) < 400


def test_what_is_no_json_is_said_to_be_malformed() -> None:
    problem = malformed(ValueError("byte 3"))
    assert problem.status == 400 and "UTF-8" in problem.detail.zh and "byte 3" in problem.detail.en
