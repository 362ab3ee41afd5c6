"""A text stands under headers that fit the model, and a model that is not there is named with those that are."""

import pytest

from fanzha.analyze.evaluate import EvaluationRequest, evaluate, find_model, text_names
from fanzha.base.errors import WrongCall
from fanzha.base.words import Words
from fanzha.models import all_models


def quiet(words: Words) -> None:
    assert words.zh and words.en


def test_headers_of_a_text_fit_the_model() -> None:
    assert {"text", "短信内容"} <= set(text_names(all_models()["message"]))
    assert {"text", "domain", "host"} <= set(text_names(all_models()["domain"]))
    assert text_names(all_models()["subscriber"]) == ()


def test_a_model_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(WrongCall, match="no model is called 'weather'") as raised:
        find_model("weather")
    assert "subscriber" in raised.value.fix


def test_nothing_to_judge_on_is_an_error() -> None:
    with pytest.raises(WrongCall, match="nothing to judge on"):
        evaluate(EvaluationRequest("subscriber"), quiet)
