"""A firing is explained by the conditions that held, with values, limits and events."""

from tests.rules.facts import HOUR, MINUTE, START, calls

from fanzha.rules import check, parse
from fanzha.rules.engine import RuleEngine
from fanzha.rules.explain import MOST_EVENTS, Condition, explain, nearest


def explained(when: str, count: int = 6) -> tuple[RuleEngine, tuple[Condition, ...]]:
    text = f'rule r "" ""\non call_ended\nwhen {when}\nthen find call score 1'
    engine = RuleEngine(check(parse(text)).rules)
    for table, events in calls(count).items():
        engine.take(table, events)
    (fired,) = engine.settle(START + HOUR * 3)
    return engine, explain(engine, fired, len(fired.positions) - 1)


def test_each_condition_has_its_value_its_limit_and_the_events_of_its_windows() -> None:
    engine, (first, second) = explained(
        "count(call_ended by caller, 1h) >= 5 and distinct(callee of call_ended by caller, 3 min) > 2 and answered"
    )
    assert (first.left, first.right, first.ground.text) == (6, 5, "count(call_ended by caller, 1h) >= 5")
    (seen,) = second.windows
    assert seen.value == 3
    assert [event.occurred_at - START for event in seen.events] == [n * MINUTE + 6_000 for n in (3, 4, 5)]
    assert engine.event_id(seen.events[0].position) == f"call_ended-c3-{START + 3 * MINUTE + 6_000}"


def test_conditions_that_did_not_hold_are_left_out_and_weights_are_told() -> None:
    _, conditions = explained(
        "points(0.5 when count(call_ended by caller, 1h) >= 5, 0.4 when count(call_ended by caller, 1h) > 99) >= 0.5"
    )
    assert [(one.ground.text, one.ground.weight) for one in conditions] == [
        ("count(call_ended by caller, 1h) >= 5", 0.5)
    ]


def test_the_nearest_condition_is_the_one_that_would_have_failed_first() -> None:
    _, conditions = explained("count(call_ended by caller, 1h) >= 2 and count(call_ended by trunk, 1h) >= 6", 6)
    closest = nearest(conditions)
    assert closest is not None
    assert closest.ground.text == "count(call_ended by trunk, 1h) >= 6"
    assert nearest(()) is None


def test_only_the_latest_events_are_shown() -> None:
    _, (condition,) = explained("count(call_ended by caller, 1h) >= 30", 50)
    assert len(condition.windows[0].events) == MOST_EVENTS


def test_both_sides_of_an_or_are_told_when_both_held() -> None:
    _, conditions = explained("count(call_ended by caller, 1h) >= 5 or not count(call_ended by trunk, 1h) < 5")
    assert len(conditions) == 1


def test_the_last_text_is_told_with_the_events_that_had_it() -> None:
    _, (condition,) = explained("last(callee of call_ended by caller, 90 s) != callee")
    (seen,) = condition.windows
    assert (seen.value, seen.text, condition.left) == (None, "+8617000100004", None)
    assert [event.occurred_at - START for event in seen.events] == [4 * MINUTE + 6_000]


def test_a_deviation_is_told_with_the_values_it_is_of() -> None:
    _, (condition,) = explained("stddev(talk_ms of call_ended by caller, 1h) < 1 s")
    (seen,) = condition.windows
    assert (seen.value, [event.value for event in seen.events]) == (0, [5_000] * 6)


def test_a_day_is_no_value_of_an_event() -> None:
    _, (condition,) = explained("active_days(call_ended by caller, 7 days) = 1")
    (seen,) = condition.windows
    assert (seen.value, [event.value for event in seen.events]) == (1, [None])
