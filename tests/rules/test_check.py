"""Rules are checked as wholes: point, subject, score, fraud type and size."""

import re
from pathlib import Path

import pytest
from tests.rules.rule_texts import codes, text

from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.rules import check, format_expression, parse
from fanzha.rules.catalog import CERTAIN_WHERE, FACTS, subjects
from fanzha.rules.tree import WindowExpression, walk
from fanzha.rules.words import UNITS


def test_a_checked_file_holds_rules_without_lets_its_lists_and_the_file() -> None:
    file = parse('list a = "1"\n' + text("caller in a", lets="  let x = 1\n"))
    checked = check(file)
    assert checked.rules[0].lets == ()
    assert checked.lists == {"a": ("1",)}
    assert checked.file is file


@pytest.mark.parametrize("fact", FACTS)
def test_every_subject_of_a_fact_can_be_found_and_no_other_field(fact: str) -> None:
    where = [CERTAIN_WHERE[subject] for subject in subjects(fact) if subject in CERTAIN_WHERE]
    asked = "".join(f' and {field} = "{value}"' for field, value in where)
    written = text(f"event_id is known{asked}", on=fact, find="WHOM")
    assert all(codes(written.replace("WHOM", subject)) == [] for subject in subjects(fact))
    others = [name for name in FACTS[fact] if name not in subjects(fact)]
    assert {code for name in others for code in codes(written.replace("WHOM", name))} <= {"R309", "R310"}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ('channel = "port_sms"', []),
        ('has_link and (channel = "port_sms" and turn > 1)', []),
        ('has_link or channel = "port_sms"', ["R311"]),
        ('not channel = "port_sms"', ["R311"]),
        ('channel != "port_sms"', ["R311"]),
    ],
)
def test_a_sender_is_found_only_where_the_rule_asks_for_port_number_texts(when: str, expected: list[str]) -> None:
    assert codes(text(when, on="message", find="sender")) == expected


def test_the_caller_of_a_test_call_is_found_only_where_it_came_out_of_a_phone() -> None:
    assert codes(text('arrived and received_ingress = "mobile"', on="test_call", find="received_caller")) == []
    assert codes(text('received_ingress = "voip"', on="test_call", find="received_caller")) == ["R314"]


def test_the_fraud_type_is_checked_when_types_are_given() -> None:
    file = parse(text().replace("score", "as prize score"))
    assert check(file, fraud_types=("prize", "other")).rules[0].fraud_type == "prize"
    assert check(file).rules[0].fraud_type == "prize"
    with pytest.raises(Exception, match="no fraud type"):
        check(file, fraud_types=("other",))


@pytest.mark.parametrize(
    ("score", "expected"), [("0", []), ("1", []), ("100%", []), ("1.01", ["R508"]), ("70", ["R508"])]
)
def test_a_plain_score_lies_between_0_and_1(score: str, expected: list[str]) -> None:
    assert codes(text(score=score)) == expected


@pytest.mark.parametrize(("wait", "expected"), [("12h", []), ("1 ms", []), ("721 min", ["R506"]), ("0 s", ["R503"])])
def test_a_wait_is_longer_than_nothing_and_at_most_twelve_hours(wait: str, expected: list[str]) -> None:
    assert codes(text("caller is known", on=f"call still talking {wait}")) == expected


def test_a_list_with_a_value_that_a_field_never_has_is_told() -> None:
    assert codes('list ways = "mobile", "telex"\n' + text("ingress in ways")) == ["R313"]
    assert codes('list ways = "mobile", "voip"\n' + text("ingress in ways")) == []


def test_a_span_beyond_a_day_is_rounded_up_to_whole_days_and_stays_as_written() -> None:
    rule = check(parse(text("count(call_ended by caller, 36h) > 1 and held > 1", lets=_HELD))).rules[0]
    windows = [node for node in walk(rule.when) if isinstance(node, WindowExpression)]
    assert [window.span // UNITS["h"] for window in windows] == [48, 24]
    assert "36h" in format_expression(rule.when)


def test_the_same_window_written_often_is_one_window() -> None:
    same = " + ".join(["count(call_ended by caller, 1h)"] * 80)
    assert codes(text(f"{same} > 3")) == []


def test_a_file_with_one_wrong_rule_gives_none() -> None:
    assert codes(text() + text("nothing").replace("rule r", "rule other")) == ["R302"]


_HELD = "  let held = count(call_ended by caller, 1440 min)\n"
PAGES = sorted(Path(__file__).resolve().parents[2].glob("docs/**/*.md"))


def blocks(language: str) -> list[tuple[str, str]]:
    fence = re.compile(rf"^```{language}\n(.*?)^```", re.M | re.S)
    return [(page.name, found[1]) for page in PAGES for found in fence.finditer(page.read_text("utf-8"))]


@pytest.mark.parametrize(("page", "written"), blocks("rule"))
def test_every_rule_that_a_page_shows_is_right(page: str, written: str) -> None:
    lists = ("spared_numbers", "family_numbers")
    assert check(parse(written, name=page), lists=lists, fraud_types=FRAUD_TYPES).rules


@pytest.mark.parametrize("condition", [line for _, block in blocks("condition") for line in block.splitlines()])
def test_every_condition_that_a_page_shows_is_right(condition: str) -> None:
    assert codes(text(condition + "\n")) == []


def test_pages_show_rules_and_conditions() -> None:
    assert {"rules.md", "write-a-rule.md"} <= {page for page, _ in blocks("rule")}
    assert len(blocks("condition")[0][1].splitlines()) > 10
