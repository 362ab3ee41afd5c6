"""Every mistake of the reference is made by its example, and told with place, caret and fix in both languages."""

import re

import pytest

from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.rules import RuleError, check, decoded, parse
from fanzha.rules._diagnostics import FORMS, WARNINGS
from fanzha.rules.diagnostics import DiagnosticCollector, DiagnosticKind, nearest
from fanzha.rules.tree import SourceLocation


def mistakes_of(form: DiagnosticKind) -> RuleError:
    data = form.example.encode("utf-8", "surrogateescape")
    with pytest.raises(RuleError) as raised:
        check(parse(decoded(data, name="own.rule"), name="own.rule"), fraud_types=FRAUD_TYPES)
    return raised.value


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_example_makes_the_mistake_it_stands_for_and_no_other(form: DiagnosticKind) -> None:
    error = mistakes_of(form)
    assert {mistake.code for mistake in error.mistakes} == {form.code}
    assert error.code == form.code


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_mistake_is_told_with_place_and_fix_in_both_languages(form: DiagnosticKind) -> None:
    told = str(mistakes_of(form))
    assert re.search(rf"^own\.rule:\d+:\d+ {form.code} .*[一-鿿]", told, re.M)
    assert re.search(r"^ +\^$", told, re.M)
    assert re.search(r"^  fix: .*[a-z0-9\"(]", told, re.M)
    assert re.search(r"^  改法：.*\S", told, re.M)


@pytest.mark.parametrize("form", WARNINGS.values(), ids=WARNINGS.keys())
def test_the_example_of_every_warning_is_warned_of_and_right_otherwise(form: DiagnosticKind) -> None:
    checked = check(parse(form.example))
    assert {warning.code for warning in checked.warnings} == {form.code}


def test_codes_are_in_order_and_none_is_used_twice() -> None:
    codes = [form.code for form in FORMS.values()]
    assert codes == sorted(codes)
    assert len({id(form) for form in FORMS.values()}) == len(codes)
    assert all(re.fullmatch(r"R[1-5]\d\d", code) for code in codes)


def test_the_caret_stands_below_the_mistake_behind_wide_characters_too() -> None:
    mistakes = DiagnosticCollector('when caller = "号码" ; x', "t")
    mistakes.add(FORMS["R102"], SourceLocation(1, 20), sign=";")
    with pytest.raises(RuleError) as raised:
        mistakes.settle()
    line, caret = str(raised.value).splitlines()[2:4]
    wide = sum(2 if ord(c) > 0x2E80 else 1 for c in line[: line.index(";")])
    assert caret.index("^") == wide


def test_a_long_line_is_shown_around_its_mistake_only() -> None:
    with pytest.raises(RuleError) as raised:
        parse("rule r\n  on call_ended\n  when answered" + " and answered" * 40 + " ;\n  then find callee score 0.5\n")
    line = str(raised.value).splitlines()[2]
    assert ";" in line and len(line) <= 104


def test_all_mistakes_of_a_file_are_told_at_once_in_the_order_of_the_text() -> None:
    text = """rule first
  on call_end
  when answered
  then find callee score 0.5
rule second
  on call_ended
  when talk_time < 20 and ingress = "moblie"
  except answered = 1
  then find caller score 70
"""
    with pytest.raises(RuleError) as raised:
        check(parse(text))
    assert [(one.code, one.location.line) for one in raised.value.mistakes] == [
        ("R301", 2),
        ("R302", 7),
        ("R313", 7),
        ("R424", 8),
        ("R309", 9),
        ("R508", 9),
    ]


def test_a_mistake_in_one_clause_hides_none_in_the_next() -> None:
    text = "rule r\n  on call_ended now\n  when answered and\n  except (\n  then find callee score .5\n"
    with pytest.raises(RuleError) as raised:
        parse(text)
    assert [one.location.line for one in raised.value.mistakes] == [2, 4, 5, 5][: len(raised.value.mistakes)]
    assert len(raised.value.mistakes) >= 3


def test_no_more_than_fifty_mistakes_are_told() -> None:
    with pytest.raises(RuleError) as raised:
        parse("; " * 1_000)
    assert len(raised.value.mistakes) == 50


def test_names_that_are_near_come_first() -> None:
    assert nearest("talk_m", ["talk_ms", "caller"]).en == "did you mean talk_ms?"
    assert "caller" in nearest("xyz", ["talk_ms", "caller"]).en
    assert nearest("xyz", []).zh
