"""Phrases have the brackets they need and no others; a comment knows before what it stands."""

import pytest

from fanzha.rules import parse
from fanzha.rules._formatting.comments import END, collect_comments
from fanzha.rules._formatting.expressions import format_duration, format_expression, quote_text


@pytest.mark.parametrize(
    "written",
    [
        "a or b and not c",
        "(a or b) and not (c and d)",
        "(not a) = b",
        "1 - (2 - 3) - 4",
        "(1 + 2) * 3 / -(4 + 5)",
        "(a else b) else c",
        "-a else (b + c)",
        "(a >= 1) = (b < 2)",
        'a + 1 not in ("x", "y")',
        "(a or b) is not known",
        "points(0.4 when a or b, 30% when c)",
        "surge(message by recipient = callee, (1) where has_link or a, 10 min against 6h)",
        "after(message by sender = callee where has_link, 1h then call_ended by callee = caller, 36 min) and a",
        'distinct(prefix(x, 3) of message by (sender = "1"), block(y, 2) = z, 7 days)',
    ],
)
def test_a_phrase_with_the_brackets_it_needs_stays_as_it_is(written: str) -> None:
    (rule,) = parse(f"rule r on call_ended when {written} then find callee score 0.5").rules
    assert format_expression(rule.when) == written


@pytest.mark.parametrize("written", ["((a))", "(a and b) and c", "a or (b and c)", "(1 * 2) + 3", "not (a = b)"])
def test_brackets_that_change_nothing_are_left_out(written: str) -> None:
    (rule,) = parse(f"rule r on call_ended when {written} then find callee score 0.5").rules
    assert "(" not in format_expression(rule.when)


def test_a_text_is_written_with_its_escapes() -> None:
    assert quote_text('a"b\\c') == '"a\\"b\\\\c"'


def test_comments_belong_to_what_they_stand_before_or_in() -> None:
    text = """# of the file

# of the list
list banks = "1"  # beside the list
# of the rule
rule r
  on call_ended
  # of the let
  let version_seen = count(app_seen by version = callee, 1h)
  when points(1 when answered, # inside
    1 when true) > 1
  then find callee score 0.5
# at the end
"""
    assert collect_comments(text) == {
        ("list", "banks"): ["# of the file", "", "# of the list", "# beside the list"],
        ("rule", "r"): ["# of the rule"],
        ("r", "let", "version_seen"): ["# of the let"],
        ("r", "when"): ["# inside"],
        END: ["# at the end"],
    }


@pytest.mark.parametrize(
    ("ms", "written"),
    [(0, "0h"), (500, "500 ms"), (90_000, "90 s"), (86_400_000, "24h"), (172_800_000, "2 days"), (129_600_000, "36h")],
)
def test_durations_are_written_in_the_largest_unit_that_fits(ms: int, written: str) -> None:
    assert format_duration(ms) == written
