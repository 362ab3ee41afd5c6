"""YAML as people mean it: what is wrong is told with file, line and place; what is right keeps its meaning."""

import pytest

from fanzha.processes._yaml.faults import ProcessFault, WrongText
from fanzha.processes._yaml.yaml_text import read_yaml


def test_words_that_look_like_truth_values_stay_words() -> None:
    assert read_yaml("a: no\nb: on\nc: true\nd: false", "x").value == {"a": "no", "b": "on", "c": True, "d": False}


def test_numbers_are_numbers_unless_quoted_and_times_stay_text() -> None:
    read = read_yaml("a: 12\nb: '12'\nc: 1.5\nd: 10min\ne: 2026-01-01\nf: 007", "x").value
    assert read == {"a": 12, "b": "12", "c": 1.5, "d": "10min", "e": "2026-01-01", "f": "007"}


def test_every_value_knows_its_line() -> None:
    lines = read_yaml("a:\n  b: 1\n  c: [x,\n    y]\n", "x").lines
    assert (lines[("a", "b")], lines[("a", "c", 1)]) == (2, 4)


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("a: 1\na: 2", 2, "a"),
        ("a: &x 1\nb: 1", 1, "anchors"),
        ("b: 1\na: !!python/none x", 2, "tags"),
        ("a: 1\nb: ]", 2, "not YAML"),
    ],
    ids=["a key twice", "an anchor", "a tag", "no YAML"],
)
def test_what_is_not_used_here_is_refused_with_its_line(text: str, line: int, told: str) -> None:
    with pytest.raises(WrongText) as caught:
        read_yaml(text, "a.yaml")
    assert f"a.yaml:{line}" in str(caught.value)
    assert told in str(caught.value)


def test_a_fault_about_what_is_missing_has_the_line_of_its_surroundings() -> None:
    error = WrongText("a.yaml", [ProcessFault(("b", "c"), "no c", "write one")], {("b",): 7})
    assert str(error) == "a.yaml:7 (b.c): no c\n  write one"
    assert error.faults[0].key_path == ("b", "c")
