"""A rule detector takes name, title, version, law and tables from its text."""

import re
from fractions import Fraction

import pytest
from tests.rules.facts import calls

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.detect import RuleDetector, all_detectors, find_name, open_sessions, operator_rule
from fanzha.detect.rules.finding_facts import reads_findings
from fanzha.rules import RuleError, check
from fanzha.rules.sentence_template import template_slots
from fanzha.rules.tree import Binary, NumberLiteral, Points, Rule, source_tables, walk

STEP = RuleStep(state=RuleState.SHADOW, at=0, by="A", why="test")
TEXT = """
rule many_cards "一机多卡" "many cards in one device"
  version 3
  law "ATF Art. 14"
  on sim_use
  when distinct(sim_card of sim_use by device, 24h) >= 4 and number not in spared
  then find device score 0.6
"""


def test_the_text_says_who_the_detector_is() -> None:
    detector = operator_rule(TEXT, STEP, {"spared": ("1",)})
    assert (detector.name, detector.title, detector.version, detector.law) == (
        "many-cards",
        Words("一机多卡", "many cards in one device"),
        "3",
        ("ATF Art. 14",),
    )
    assert detector.reads == ("sim_use",)
    assert detector.rules[0].name == "many_cards"


def test_a_rule_detector_is_in_shadow_unless_its_class_says_live() -> None:
    class BurstDetector(RuleDetector):
        text = TEXT

    assert BurstDetector.mode is Mode.SHADOW


@pytest.mark.parametrize("name", ["call-centre-burst", "home-numbers-from-abroad", "sim-box", "wangiri"])
def test_the_shipped_rule_detectors_are_live(name: str) -> None:
    detector = all_detectors()[name]
    assert isinstance(detector, RuleDetector) and detector.mode is Mode.LIVE


def test_an_error_of_a_text_names_its_python_file_and_line() -> None:
    with pytest.raises(RuleError, match=r"test_rule_detector\.py: line 5 of `text`: R20"):

        class MisspeltDetector(RuleDetector):
            text = TEXT.replace("  on sim_use", "  onn sim_use")


def test_the_facts_of_a_call_are_read_together() -> None:
    text = (
        TEXT.replace("sim_use\n", "call_offered\n")
        .replace("number not", "caller not")
        .replace("device score", "call score")
    )
    detector = operator_rule(text, STEP, {"spared": ()})
    assert detector.reads == ("call_answered", "call_ended", "call_offered", "sim_use")


def test_a_text_that_cannot_be_read_does_not_load() -> None:
    with pytest.raises(RuleError):
        operator_rule(TEXT.replace("when", "whenn"), STEP, {})


def test_a_list_that_nobody_keeps_is_a_mistake() -> None:
    with pytest.raises(RuleError, match="spared"):
        _ = operator_rule(TEXT, STEP, {}).rules


RULES = [rule for one in all_detectors().values() if isinstance(one, RuleDetector) for rule in one.rules]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_sum_of_evidence_reaches_its_limit_on_paper_and_misses_it_by_a_hair(rule: Rule) -> None:
    """0.2 + 0.1 + 0.2 + 0.2 + 0.1 is less than 0.8 to a computer."""
    for node in walk(rule.when):
        match node:
            case Binary(operator=">=", left=Points(terms=terms), right=NumberLiteral(value=limit)):
                sums = {(Fraction(0), 0.0)}
                for weight in (float(getattr(weight, "value", 0)) for weight, _ in terms):
                    sums |= {(exact + Fraction(str(weight)), total + weight) for exact, total in sums}
                assert all(total >= limit for exact, total in sums if exact >= Fraction(str(limit)))


def test_no_condition_of_a_shipped_rule_is_never_true() -> None:
    detectors = (detector for detector in all_detectors().values() if isinstance(detector, RuleDetector))
    assert [warning for one in detectors for warning in check(one.file, lists=one.lists).warnings] == []


def test_shipped_rules_that_read_findings_read_nothing_else() -> None:
    """A rule that reads events as well would keep `fanzha analyze` from storing the history in little memory."""
    assert {source_tables(rule) for rule in RULES if reads_findings(rule)} == {frozenset({"finding"})}


def test_rules_share_one_session_that_reads_what_any_of_them_reads() -> None:
    known = all_detectors()
    opened = open_sessions({name: known[name] for name in ("wangiri", "gateway-guard")}, {})
    assert set(opened) == {"gateway-guard", "rules"}
    assert set(opened["rules"].reads) >= {"call_offered", "call_answered", "call_ended"}


def test_without_rules_there_is_no_shared_session() -> None:
    assert set(open_sessions({"gateway-guard": all_detectors()["gateway-guard"]}, {})) == {"gateway-guard"}


def test_sessions_go_on_from_states_saved_under_their_names() -> None:
    known = {"wangiri": all_detectors()["wangiri"]}
    first = open_sessions(known, {})["rules"].session
    first.feed("call_offered", calls(3)["call_offered"])
    saved = first.save()
    assert open_sessions(known, {"rules": saved})["rules"].session.save() == saved


@pytest.mark.parametrize(
    ("written", "name"), [("sim_box", "sim-box"), ("sim-box", "sim-box"), ("sim-bx", "sim-bx"), ("my-own", "my_own")]
)
def test_an_operator_may_write_underscores_or_hyphens(written: str, name: str) -> None:
    assert find_name(written, {*all_detectors(), "my_own"}) == name


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_shipped_rule_says_in_both_languages_what_it_has_seen(rule: Rule) -> None:
    assert rule.sentence is not None
    zh, en = rule.sentence.words
    assert zh.endswith("。") and not re.search(r"[A-Za-z]", re.sub(r"\{[^}]*\}", "", zh))
    assert en.endswith(".") and not re.search(r"[\u4e00-\u9fff，。；]", en)
    assert {slot.name for slot in template_slots(zh)} >= {slot.name for slot in template_slots(en)}
