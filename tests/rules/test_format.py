"""Formatting changes the looks of a rule file and nothing else: not a node, not a comment."""

import pytest
from hypothesis import given
from tests.rules.random_tree import files
from tests.rules.rule_texts import drawn

from fanzha.rules import RuleFile, parse
from fanzha.rules._reading.tokenizer import TokenKind, scan
from fanzha.rules.diagnostics import DiagnosticCollector
from fanzha.rules.format import format_rule_file

CANONICAL = """# Numbers that are never accused.
list spared_numbers = "95588", "10086"

# Counts what one number does in an hour.
rule call_centre_burst "呼叫中心式群呼" "call-centre burst"
  version 1
  law "ATF Art. 20"
  on call_ended
  let calls = count(call_ended by caller, 1h)
  let callees = distinct(callee of call_ended by caller, 1h)
  when calls >= 30
   and callees >= 25
   and mean(talk_ms of call_ended by caller where answered, 1h) < 20 s
   and share(answered of call_ended by caller, 1h) < 30%
  except caller in spared_numbers
  # Not 0.9: couriers do the same.
  then find caller_or_trunk as caller_id_spoofing score 0.7
  again after 24h
# the end
"""


def commented(text: str) -> list[str]:
    tokens = scan(text, DiagnosticCollector(text, ""))
    return sorted(token.text.rstrip() for token in tokens if token.sort is TokenKind.COMMENT)


def test_canonical_text_stays_as_it_is() -> None:
    canonical = CANONICAL.replace("\n# the end", "\n\n# the end")
    assert format_rule_file(parse(canonical)) == canonical


@given(files)
def test_any_tree_is_written_so_that_it_is_read_back_the_same(file: RuleFile) -> None:
    text = format_rule_file(file)
    assert parse(text) == file
    assert format_rule_file(parse(text)) == text


@pytest.mark.parametrize("seed", range(100))
def test_any_rule_is_the_same_rule_after_formatting(seed: int) -> None:
    file = parse(drawn(seed))
    text = format_rule_file(file)
    assert parse(text) == file
    assert format_rule_file(parse(text)) == text


def test_every_comment_is_kept_wherever_it_stands() -> None:
    lines = CANONICAL.splitlines()
    text = "\n".join(f"{line}  # {number} beside\n# {number} below" for number, line in enumerate(lines) if line)
    formatted = format_rule_file(parse(text))
    assert commented(formatted) == commented(text)
    assert format_rule_file(parse(formatted)) == formatted


def test_a_comment_beside_a_clause_comes_to_stand_before_it() -> None:
    text = "rule r\n  on call_ended\n  when answered # as they say\n  then find callee score 0.5\n"
    assert "  # as they say\n  when answered\n" in format_rule_file(parse(text))


def test_looks_are_made_one() -> None:
    text = 'rule r on call still  talking 20min when((talk_ms)<20s)then find callee score 50 %   list a="1" ,"2"'
    assert (
        format_rule_file(parse(text))
        == """list a = "1", "2"

rule r
  version 1
  on call still talking 20 min
  when talk_ms < 20 s
  then find callee score 50%
  again after 24h
"""
    )


def test_what_must_not_follow_stays_as_it_is() -> None:
    point = "on message not followed by call_offered by caller = recipient where callee in banks within 90 s"
    text = f"rule r\n  version 1\n  {point}\n  when has_link\n  then find recipient score 50%\n  again after 24h\n"
    assert format_rule_file(parse(text)) == text


def test_a_long_score_is_broken_at_its_points() -> None:
    terms = ", ".join(f"0.1 when count(call_ended by caller, {minutes} min) > 3" for minutes in range(1, 5))
    text = f"rule r\n  on call_ended\n  when answered\n  then find callee score points({terms})\n"
    formatted = format_rule_file(parse(text))
    assert max(map(len, formatted.splitlines())) <= 100
    assert parse(formatted) == parse(text)


def test_the_comments_of_every_example_stay_before_it() -> None:
    facts = '    call_ended with callee = "10086"'
    text = (
        "rule r\n  version 1\n  on call_ended\n  when answered\n  then find callee score 50%\n  again after 24h\n"
        '  # What was seen.\n  sentence "已接通"\n           "answered"\n'
        f"  # first\n  example finds nothing\n{facts}\n  # second\n  example finds nothing\n{facts}\n"
    )
    assert format_rule_file(parse(text)) == text
