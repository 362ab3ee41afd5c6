"""Every action of an order has a heading and a text; only those that limit the thing itself say that it is limited."""

import pytest

from fanzha.command.notices.measure_words import MEASURES, ended_words, measure_basis, measure_words
from fanzha.command.processes.selectors import load_processes
from fanzha.dispose import TREATMENTS, Action

pytestmark = pytest.mark.usefixtures("home")


@pytest.mark.parametrize("action", Action)
def test_every_action_has_words_in_both_languages(action: Action) -> None:
    words = measure_words(action.value)
    assert all((*words.heading, *words.text)) and words.heading.en.isascii()
    says_limited = "已被限制" in words.text.zh or "limited" in words.text.en
    assert says_limited == (action not in TREATMENTS)
    assert all("{end}" in text for text in words.text)


def test_the_end_of_a_treatment_is_no_end_of_a_limit() -> None:
    assert "limit " not in ended_words("refuse").en and "limit " in ended_words("limit_account").en
    assert ended_words("") == ended_words("take_down")


def test_the_basis_is_that_of_the_measure_and_no_rule_of_the_house() -> None:
    order = load_processes()["order"]
    assert "第十三条、第三十二条" in measure_basis("refuse", order).zh
    assert "Art. 12" in measure_basis("limit_destinations", order).en
    assert set(MEASURES) == set(Action)
