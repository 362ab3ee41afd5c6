"""A rule is read as a tree of conditions in words."""

import pytest
from django.utils.translation import override
from tests.command.detection_rules.factories import RULE

from fanzha.command.detection_rules.library import shipped_detectors
from fanzha.command.detection_rules.rule_tree import read_rules

POINTS = """
rule burst "外呼突增" "outgoing burst"
  law "ATF Art. 11"
  on call_ended
  let calls = count(call_ended by proven_caller, 1h)
  let evidence = points(0.5 when calls >= 20, 0.3 when calls >= 40 and answered)
  when evidence >= 0.5 and (calls >= 20 or not answered)
  except ingress = "mobile"
  then find proven_caller as subscriber_fraud score evidence
  again after 24h
"""


def test_one_condition_is_said_in_words(home: object) -> None:
    (rule,) = read_rules(RULE)
    assert rule.decides == "when a call has ended" and rule.fraud and rule.unless is None
    assert rule.when.words.startswith("number of “call ended” events") and rule.when.words.endswith("≥ 30")


def test_conditions_are_a_tree_with_points(home: object) -> None:
    (rule,) = read_rules(POINTS)
    assert rule.when.join == "all of these" and rule.score_is_above
    points, either = rule.when.parts
    assert points.join == "the points of what holds add up to ≥ 0.5"
    assert [part.points for part in points.parts] == ["0.5", "0.3"] and points.parts[1].join == "all of these"
    assert either.join == "any of these" and rule.unless is not None and "mobile" in rule.unless.words
    with override("zh-hans"):
        assert read_rules(POINTS)[0].when.join == "同时满足"


def test_a_text_with_mistakes_is_not_read(home: object) -> None:
    assert read_rules("rule") == [] and read_rules("") == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_shipped_rule_can_be_read(home: object, language: str) -> None:
    with override(language):
        for detector in shipped_detectors().values():
            assert not detector.text or all(rule.when.words or rule.when.parts for rule in read_rules(detector.text))
