"""A rule acts only after a backtest, time in shadow and a second person; an emergency passes."""

from typing import Any

import msgspec
import pytest

from fanzha.base.errors import UsageError
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.claims.rule_promotion import (
    DAY_MS,
    PromotionTerms,
    StoredBacktest,
    check_promotion,
    find_missing_terms,
    is_promotion,
)

START = 1_772_323_200_000
TERMS = PromotionTerms()


def step(state: RuleState, day: float, by: str = "Lin", share: float = 0.0) -> RuleStep:
    return RuleStep(state=state, at=START + int(day * DAY_MS), by=by, why="because", share=share)


PATH = [step(state, 0) for state in (RuleState.DRAFT, RuleState.BACKTEST, RuleState.WARMING, RuleState.SHADOW)]
PATH_OF_ZHAO = [step(state, 1, by="Zhao") for state in (RuleState.DRAFT, RuleState.WARMING, RuleState.SHADOW)]
LIVE = step(RuleState.SHARE, 8, by="Wang", share=0.1)
LIVE_BY_LIN = step(RuleState.SHARE, 8, by="Lin", share=0.1)


def backtest(stretch_days: float, **changes: Any) -> StoredBacktest:
    fields: dict[str, Any] = {
        "rule": "burst", "text": "t", "at": START, "first": START, "last": START + int(stretch_days * DAY_MS),
        "events": 9, "hits": 2, "subjects": 1, "full_hits": 1,
    }  # fmt: skip
    return StoredBacktest(**{**fields, **changes})


def lacks(
    *, steps: list[RuleStep] = PATH, to: RuleStep = LIVE, days: float | None = 7, with_events: float | None = None
) -> str:
    tests = [] if days is None else [backtest(days, days=with_events)]
    try:
        check_promotion(steps, to, tests, TERMS)
    except UsageError as error:
        return str(error)
    return ""


def test_with_a_backtest_a_week_in_shadow_and_another_person_nothing_lacks() -> None:
    assert lacks() == ""
    assert lacks(days=7, with_events=4.5) == ""  # quiet nights


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"days": None}, "there is none"),
        ({"days": 6.5}, "the longest covers 6.5"),
        ({"days": 8, "with_events": 0.1}, "the longest covers 0.1"),
        ({"to": step(RuleState.SHARE, 6.9, by="Wang", share=0.1)}, "7 days in shadow, it is there since"),
        ({"to": step(RuleState.SHARE, 8, by=" lin ", share=0.1)}, "a second person, Lin added the text"),
        ({"to": step(RuleState.SHARE, 8, by="Ｌ in", share=0.1)}, "a second person, Lin added the text"),
        ({"steps": [*PATH, step(RuleState.RETIRED, 1), *PATH_OF_ZHAO], "to": LIVE_BY_LIN}, "Lin added the text"),
        ({"to": msgspec.structs.replace(LIVE, asked_by=" wang")}, "a second person, Wang asked for it"),
        ({"steps": [*PATH, step(RuleState.WARMING, 3), step(RuleState.SHADOW, 4)]}, "it is there since 2026-03-05"),
    ],
)
def test_what_lacks_is_said(change: dict[str, Any], said: str) -> None:
    assert said in lacks(**change)


def test_an_emergency_lacks_nothing() -> None:
    assert lacks(days=None, to=msgspec.structs.replace(LIVE, by="Lin", emergency=True)) == ""


def test_only_a_step_that_lets_more_act_is_a_promotion() -> None:
    share = step(RuleState.SHARE, 8, share=0.2)
    assert is_promotion(PATH[-1], share) and is_promotion(share, step(RuleState.LIVE, 9))
    assert is_promotion(share, step(RuleState.SHARE, 9, share=0.3))
    assert not is_promotion(share, step(RuleState.SHARE, 9, share=0.1))
    assert not is_promotion(step(RuleState.LIVE, 9), share)
    assert not is_promotion(PATH[0], step(RuleState.SHADOW, 9))


def test_what_a_text_lacks_is_said_in_chinese_too() -> None:
    (shadow,) = find_missing_terms(PATH, START + DAY_MS, [backtest(7)], TERMS)
    assert shadow.zh.startswith("须影子运行满 7 天，自 2026-03-01T00:00Z 起")
    (tested,) = find_missing_terms(PATH, START + 7 * DAY_MS, [], TERMS)
    assert tested.zh.endswith("尚无")
