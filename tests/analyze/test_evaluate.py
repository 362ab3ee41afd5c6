"""A text stands under headers that fit the model, and a model that is not there is named with those that are."""

import numpy as np
import pyarrow as pa
import pytest

from fanzha.analyze.evaluate import EvaluationRequest, Overlap, count_overlap, evaluate, find_model, text_names
from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.models import Examples, all_models


def quiet(words: Words) -> None:
    assert words.zh and words.en


def test_headers_of_a_text_fit_the_model() -> None:
    assert {"text", "短信内容"} <= set(text_names(all_models()["message"]))
    assert {"text", "domain", "host"} <= set(text_names(all_models()["domain"]))
    assert text_names(all_models()["subscriber"]) == ()


def test_a_model_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(UsageError, match="no model is called 'weather'") as raised:
        find_model("weather")
    assert "subscriber" in raised.value.fix


def test_nothing_to_judge_on_is_an_error() -> None:
    with pytest.raises(UsageError, match="nothing to judge on"):
        evaluate(EvaluationRequest("subscriber"), quiet)


def examples(columns: dict[str, list[object]], groups: list[str] | None = None) -> Examples:
    table = pa.table(columns)
    named = None if groups is None else np.array(groups, object)
    return Examples(table, np.zeros(table.num_rows, object), named)


def test_equal_and_nearly_equal_texts_are_counted() -> None:
    train = examples({"text": ["您的额度已提升至50000元，点击链接提现", "明天下午三点开会"]})
    test = examples({"text": ["您的额度已提升至80000元，点击链接提现", "明天下午三点开会", "完全没有见过的一句话"]})
    assert count_overlap(train, test) == Overlap(exact=1, near=2)


def test_equal_rows_of_numbers_are_counted_missing_values_included() -> None:
    train = examples({"a": [1, 2, 2], "b": [0.5, None, 7.5], "url": ["x", "y", "z"], "row": [1, 2, 3]})
    test = examples({"b": [None, 0.5, 0.5], "a": [2, 1, 1], "row": [7, 8, 9]})  # a row's number tells nothing
    assert count_overlap(train, test) == Overlap(exact=3)


def test_rows_of_known_groups_are_counted() -> None:
    names = count_overlap(examples({"a": [1, 2]}, ["h1", "h2"]), examples({"a": [3, 4, 5]}, ["h2", "h2", "h3"]))
    assert names == Overlap(exact=0, groups=2)
