"""What is wrong with a field is said in words a person can act on."""

from collections.abc import Iterator

import pytest
from django.utils import translation
from ninja import Schema
from pydantic import Field, ValidationError

from fanzha.command.web.api.problem_words import translate_error


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


class Form(Schema):
    """A form with something of each sort."""

    name: str = Field(min_length=2, max_length=3)
    times: int = Field(ge=1, lt=9)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"times": 1}, "is required"),
        ({"name": "abc", "times": "x"}, "must be a whole number"),
        ({"name": "abc", "times": 0}, "must be at least 1"),
        ({"name": "abc", "times": 9}, "must be less than 9"),
        ({"name": "abcd", "times": 1}, "must have a length of at most 3"),
        ({"name": "a", "times": 1}, "must have a length of at least 2"),
        ({"name": 5, "times": 1}, "must be text"),
    ],
)
def test_pydantics_errors_become_words(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Form.model_validate(given)
    assert [translate_error(dict(one)) for one in refused.value.errors()] == [said]


def test_what_nobody_foresaw_is_said_too() -> None:
    assert translate_error({"type": "of the future"}) == "is not valid"
