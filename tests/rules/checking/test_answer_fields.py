"""A condition that requires a field of answered calls of an unanswered call is warned of, and no other is."""

import pytest
from tests.rules.rule_texts import text

from fanzha.rules import check, parse


@pytest.mark.parametrize(
    ("when", "fields"),
    [
        ("not answered and ring_ms < 3 s", ["ring_ms"]),
        ("answered = false and ring_ms is known", ["ring_ms"]),
        ('answered != true and answering_number in ("1", "2")', ["answering_number"]),
        ('not answered and prefix(answering_number, 3) = "400"', ["answering_number"]),
        ("not answered and (simulated or not ring_ms < 3 s)", ["ring_ms"]),
        ("not answered and points(0.2 when ring_ms < 3 s, 0.5 when simulated) > 0.1", ["ring_ms"]),
        ("count(call_ended by caller where not answered and ring_ms < 3 s, 1h) > 3", ["ring_ms"]),
        ("mean(ring_ms of call_ended by caller where not answered, 1h) < 3 s", ["ring_ms"]),
        ("share(not answered and ring_ms < 3 s of call_ended by caller, 1h) > 10%", ["ring_ms"]),
        ("let_of_the_rule and ring_ms < 3 s", ["ring_ms"]),
        ("ring_ms < 3 s", []),
        ("answered and ring_ms < 3 s", []),
        ("not answered or ring_ms < 3 s", []),
        ("not answered and (ring_ms else 0 s) < 3 s", []),
        ("not answered and ring_ms is not known", []),
        ("not answered and talk_ms < 3 s", []),
        ("not answered and mean(ring_ms of call_ended by caller, 1h) < 3 s", []),
        ("not answered and gap(call_offered by call_id, 1h) < 3 s", []),
    ],
)
def test_a_field_of_answered_calls_required_of_unanswered_ones_is_warned_of(when: str, fields: list[str]) -> None:
    checked = check(parse(text(when, lets="  let let_of_the_rule = not answered\n")))
    found = [warning for warning in checked.warnings if warning.code != "W309"]
    assert [(warning.code, warning.what.en.split()[4].strip(",")) for warning in found] == [
        ("W301", field) for field in fields
    ]


@pytest.mark.parametrize(("clause", "count"), [("  except ring_ms > 5 s\n", 1), ("  except ring_ms is not known\n", 0)])
def test_an_exception_that_never_applies_is_warned_of(clause: str, count: int) -> None:
    written = text("not answered").replace("  then", f"{clause}  then")
    assert [warning.code for warning in check(parse(written)).warnings].count("W301") == count
