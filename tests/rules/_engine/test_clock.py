"""At each tick every key with a fact in the longest window is decided once, with its latest fact."""

from collections.abc import Sequence

import pytest
from tests.rules.facts import HOUR, START, batch

from fanzha.rules import check, parse
from fanzha.rules.engine import RuleEngine
from fanzha.rules.tree import Rule

#: Moment after midnight in China, event id, device.
FACTS = [(10, "a", "x"), (20, "b", "y"), (HOUR - 5, "c", "x"), (3 * HOUR + 1, "d", "y"), (6 * HOUR + 7, "e", "z")]


def clock_rule(condition: str) -> Rule:
    """Return a rule that decides every hour for each device."""
    text = f"rule r\n  on sim_use every 1h by device\n  when {condition}\n  then find device score 1\n"
    (rule,) = check(parse(text)).rules
    return rule


def ticks(rule: Rule, cuts: Sequence[int] = (), *, restored: bool = False) -> list[tuple[float, str]]:
    """Return the hour and the event of each firing; the facts are settled at the cuts."""
    engine, found = RuleEngine([rule]), list[tuple[float, str]]()
    rows = [{"at": at, "event_id": event, "device": device, "sim_card": event} for at, event, device in FACTS]
    engine.take("sim_use", batch("sim_use", *rows))
    for cut in [*cuts, None]:
        if restored:
            saved, engine = engine.save(), RuleEngine([rule])
            engine.restore(saved)
        for fired in engine.finish() if cut is None else engine.settle(START + cut):
            hours = ((fired.moments - START) / HOUR).tolist()
            found += [(hour, str(fired.of_event("event_id", row))) for row, hour in enumerate(hours)]
    return found


def test_each_key_is_decided_with_its_latest_fact_in_hours_without_facts_too() -> None:
    before = [(hour, event) for hour in (1, 2, 3) for event in "bc"]
    after = [(hour, event) for hour in (4, 5, 6) for event in "cd"]
    assert ticks(clock_rule("count(sim_use by device, 24h) > 0")) == before + after


def test_a_key_without_facts_in_the_longest_window_is_left_out() -> None:
    assert ticks(clock_rule("count(sim_use by device, 1h) >= 0")) == [(1, "b"), (1, "c"), (4, "d")]


def test_a_key_is_left_out_where_what_is_asked_of_its_latest_fact_is_not_true() -> None:
    assert ticks(clock_rule('count(sim_use by device, 1h) >= 0 and device = "y"')) == [(1, "b"), (4, "d")]


@pytest.mark.parametrize("restored", [False, True])
def test_it_does_not_matter_where_the_facts_are_cut(restored: bool) -> None:
    rule = clock_rule("count(sim_use by device, 3h) >= 0")
    whole = ticks(rule)
    assert whole
    assert ticks(rule, [15, HOUR, 2 * HOUR, 2 * HOUR + 1, 5 * HOUR], restored=restored) == whole


def test_keys_are_ranked_among_those_of_the_same_tick_whatever_else_is_asked() -> None:
    rule = clock_rule('rank(count(sim_use by device, 24h)) = 2 and device = "y"')
    assert ticks(rule) == [(1, "b"), (2, "b"), (3, "b")]
    assert ticks(clock_rule("rank(count(sim_use by device, 24h)) = 1")) == [
        *((hour, "c") for hour in (1, 2, 3)),
        *((hour, event) for hour in (4, 5, 6) for event in "cd"),
    ]
    assert {event for _, event in ticks(clock_rule("rank(count(sim_use by device, 24h) within device) = 1"))} == {
        *"bcd"
    }
