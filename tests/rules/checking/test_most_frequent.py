"""The most frequent value of a window and its share, compared, looked up, said in a sentence, and refused elsewhere."""

from collections import Counter
from random import Random

import pytest
from tests.rules.facts import MINUTE, START, batch
from tests.rules.rule_texts import codes, text

from fanzha.base.words import Words
from fanzha.detect.testing.rule_examples import run_rule_examples
from fanzha.rules import check, parse
from fanzha.rules._formatting.expressions import format_expression
from fanzha.rules.engine import RuleEngine
from fanzha.rules.format import format_rule_file
from fanzha.rules.live import Live
from fanzha.rules.tree import WindowExpression, walk
from fanzha.rules.window_words import window_words

NUMBERS = ("+8617000000001", "+8617000000002", "+8617000000003")
USUAL = "most_frequent(callee of call_ended by caller, 5 min)"


def rows(seed: int, count: int = 80) -> list[dict[str, object]]:
    """Return calls of one caller, one a minute."""
    random = Random(seed)
    return [
        {"at": n * MINUTE, "call_id": f"{n:02}", "caller": "+8613800138000", "callee": random.choice((*NUMBERS, None))}
        for n in range(count)
    ]


def fired(condition: str, calls: list[dict[str, object]], pieces: int) -> list[str]:
    """Return the calls at which a rule fires, fed in pieces with a restart between them."""
    found, rules = list[str](), check(parse(text(condition)), lists=["two"]).rules
    lists = {"two": (NUMBERS[0], f"{NUMBERS[1]}*")}
    offers = [{name: call[name] for name in ("at", "call_id", "caller", "callee")} for call in calls]
    ends = [{"at": int(str(call["at"])) + 1, "call_id": call["call_id"]} for call in calls]
    engine, size = RuleEngine(rules, lists), -(-len(calls) // pieces)
    for begin in range(0, len(calls), size):
        engine.take("call_offered", batch("call_offered", *offers[begin : begin + size]))
        engine.take("call_ended", batch("call_ended", *ends[begin : begin + size]))
        last = begin + size >= len(calls)
        until = START + int(str(ends[min(begin + size, len(calls)) - 1]["at"])) + 1
        for one in engine.finish() if last else engine.settle(until):
            found += [str(one.of_event("call_id", nth)) for nth in range(len(one.positions))]
        saved, engine = engine.save(), RuleEngine(rules, lists)
        engine.restore(saved)
    return found


def tops(calls: list[dict[str, object]], length: int = 5) -> list[tuple[object, float] | None]:
    """Return the most frequent number, of several the latest, and its share, as of each call, counted anew."""
    found: list[tuple[object, float] | None] = []
    for n in range(len(calls)):
        known = [call["callee"] for call in calls[max(0, n - length + 1) : n + 1] if call["callee"]]
        latest = {number: at for at, number in enumerate(known)}
        ranked = sorted((count, latest[number], number) for number, count in Counter(known).items())
        found.append((ranked[-1][2], ranked[-1][0] / len(known)) if known else None)
    return found


def ids(calls: list[dict[str, object]], holds: list[bool]) -> list[str]:
    return [str(call["call_id"]) for call, holding in zip(calls, holds, strict=True) if holding]


@pytest.mark.parametrize("pieces", [1, 7, 80])
def test_the_value_that_most_facts_carry_is_told_however_the_calls_are_fed(pieces: int) -> None:
    calls = rows(1)
    told = tops(calls)
    is_usual = [top is not None and call["callee"] == top[0] for call, top in zip(calls, told, strict=True)]
    assert fired(f"callee = {USUAL}", calls, pieces) == ids(calls, is_usual)
    is_listed = [top is not None and top[0] in NUMBERS[:2] for top in told]
    assert fired(f"{USUAL} in two", calls, pieces) == ids(calls, is_listed)
    is_ending = [top is not None and not str(top[0]).endswith("3") for top in told]
    assert fired(f'{USUAL} not matches "3$"', calls, pieces) == ids(calls, is_ending)
    is_concentrated = [top is not None and top[1] >= 0.6 for top in told]
    share = "top_share(callee of call_ended by caller, 5 min)"
    assert fired(f"{share} >= 60%", calls, pieces) == ids(calls, is_concentrated)
    assert 0 < sum(is_concentrated) < len(calls) > sum(is_listed) > 0


def test_a_look_up_is_formatted_and_described_as_it_was_written() -> None:
    source = text(f'not {USUAL} in ("1", "2")')
    assert f'  when not {USUAL} in ("1", "2")\n' in format_rule_file(parse(source))
    (rule,) = check(parse(source)).rules
    assert format_expression(rule.when) == f'not {USUAL} in ("1", "2")'
    (window,) = (node for node in walk(rule.when) if isinstance(node, WindowExpression))
    assert window_words(window) == Words(
        '（最近 5 min 内同一主叫声称号码的呼叫结束中最常见的被叫）属于 ("1", "2")',
        '(most frequent callee of “call ended” events with the same claimed caller in the last 5 min) in ("1", "2")',
    )


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (f"{USUAL} = callee", ""),
        (f'{USUAL} contains "86"', ""),
        ("most_frequent(talk_ms of call_ended by caller, 7 days) > 20 s", ""),
        ("most_frequent(release_cause of call_ended by caller, 1h before) in (16, 17)", ""),
        (f'prefix({USUAL}, 3) = "170"', "R416"),
        (f'({USUAL} else "x") = "170"', "R416"),
        ("most_frequent(answered of call_ended by caller, 1h)", "R408"),
        ("top_share(answered of call_ended by caller, 1h) > 1", "R408"),
        (f"{USUAL} > callee", "R405"),
        ("most_frequent(call_ended by caller, 1h) = callee", "R219"),
        ("most_frequent(callee of call_ended by caller, 2 days before) = callee", "R504"),
    ],
)
def test_what_may_be_asked_of_it_is_checked(condition: str, code: str) -> None:
    assert codes(text(condition)) == ([code] if code else [])


def test_a_sentence_says_the_number_and_its_share() -> None:
    rule = """rule r
  on call_ended
  let usual = most_frequent(callee of call_ended by caller, 1h)
  let share_to_it = top_share(callee of call_ended by caller, 1h)
  when callee = usual and share_to_it >= 75% and count(call_ended by caller, 1h) = 4
  then find trunk score 0.5
  sentence "{share_to_it} 打给 {usual}" "{share_to_it} to {usual}"
  example finds "TG-1"
    call_ended with caller = "+8617000000009", callee = "+8617000000002"
    3 call_ended at 1 min with caller = "+8617000000009", callee = "+8617000000001", trunk = "TG-1"
"""
    (result,) = run_rule_examples(rule, {})
    assert result.passed
    assert result.sentences == (Words("75% 打给 +86 17•• ••0 0001", "75% to +86 17•• ••0 0001"),)


def test_single_facts_are_refused() -> None:
    with pytest.raises(ValueError, match="stretches of facts only"):
        Live(check(parse(text(f"callee = {USUAL}"))).rules)
