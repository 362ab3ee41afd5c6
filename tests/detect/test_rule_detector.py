"""A rule detector takes name, title, version, law and tables from its text."""

import pytest

from fanzha.base.words import Words
from fanzha.claims.life import State, Step
from fanzha.detect import own_rule
from fanzha.rules import RuleError

STEP = Step(state=State.SHADOW, at=0, by="A", why="test")
TEXT = """
rule many_cards "一机多卡" "many cards in one device"
  version 3
  law "ATF Art. 14"
  on sim_use
  when distinct(sim_card of sim_use by device, 24h) >= 4 and number not in spared
  then find device score 0.6
"""


def test_the_text_says_who_the_detector_is() -> None:
    one = own_rule(TEXT, STEP, {"spared": ("1",)})
    assert (one.name, one.title, one.version, one.law) == (
        "many-cards",
        Words("一机多卡", "many cards in one device"),
        "3",
        ("ATF Art. 14",),
    )
    assert one.reads == ("sim_use",)
    assert one.rules[0].name == "many_cards"


def test_the_facts_of_a_call_are_read_together() -> None:
    text = (
        TEXT.replace("sim_use\n", "call_offered\n")
        .replace("number not", "caller not")
        .replace("device score", "call score")
    )
    one = own_rule(text, STEP, {"spared": ()})
    assert one.reads == ("call_answered", "call_ended", "call_offered", "sim_use")


def test_a_text_that_cannot_be_read_does_not_load() -> None:
    with pytest.raises(RuleError):
        own_rule(TEXT.replace("when", "whenn"), STEP, {})


def test_a_list_that_nobody_keeps_is_a_mistake() -> None:
    with pytest.raises(RuleError, match="spared"):
        _ = own_rule(TEXT, STEP, {}).rules
