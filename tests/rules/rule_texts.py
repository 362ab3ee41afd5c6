"""Rule texts with one part to look at; what stands round it is always the same."""

from functools import cache
from random import Random

import pyarrow as pa
from tests.rules.random_rule import random_rule
from tests.rules.random_stream import random_stream

from fanzha.rules import RuleError, check, parse
from fanzha.rules.tree import Expression, Rule

#: Names of lists and columns that texts may use.
LISTS = ("known_list", "known_list.area", "banks", "banks.province", "subscribers", "subscribers.opened_on")


def rule(when: str = "answered", *, on: str = "call_ended", lets: str = "", score: str = "0.5") -> Rule:
    """Parse a rule."""
    (found,) = parse(text(when, on=on, lets=lets, score=score)).rules
    return found


def text(
    when: str = "answered", *, on: str = "call_ended", lets: str = "", find: str = "callee", score: str = "0.5"
) -> str:
    """Write a rule."""
    return f"rule r\n  on {on}\n{lets}  when {when}\n  then find {find} score {score}\n"


def when(condition: str) -> Expression:
    """Parse a condition."""
    return rule(condition).when


def codes(written: str) -> list[str]:
    """Return the codes of the mistakes of a text, in order; none when it is right."""
    try:
        check(parse(written), lists=LISTS)
    except RuleError as error:
        return [mistake.code for mistake in error.mistakes]
    return []


@cache
def _tables(seed: int) -> dict[str, pa.Table]:
    return random_stream(Random(seed))


def drawn(seed: int) -> str:
    """Draw a rule that is right; it suits one of a few random streams."""
    return random_rule(Random(seed), _tables(seed % 5))
