"""The one place of promotion reads history, backtests and terms of the state folder."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.claims.rule_promotion import DAY_MS, PromotionTerms, StoredBacktest
from fanzha.store.rule_promotion import (
    list_backtests,
    load_promotion_terms,
    load_rule_organization,
    promote,
    store_backtest,
)
from fanzha.store.rule_texts import RuleTexts

START = 1_772_323_200_000


def move(folder: Path, state: RuleState, day: float, by: str = "Lin", share: float = 0.0) -> None:
    promote("burst", RuleStep(state=state, at=START + int(day * DAY_MS), by=by, why="w", share=share), folder=folder)


def in_shadow(folder: Path) -> str:
    text = RuleTexts(folder).add("burst", "rule burst …", at=START, by="Lin", why="w").text
    for state in (RuleState.BACKTEST, RuleState.WARMING, RuleState.SHADOW):
        move(folder, state, 0)
    return text


def stored(text: str) -> StoredBacktest:
    return StoredBacktest(
        rule="burst",
        text=text,
        at=START,
        first=START - 8 * DAY_MS,
        last=START,
        events=9,
        hits=1,
        subjects=1,
        full_hits=1,
    )


def test_a_text_acts_once_its_own_backtest_is_stored(tmp_path: Path) -> None:
    text = in_shadow(tmp_path)
    store_backtest(stored("another"), tmp_path)
    with pytest.raises(UsageError, match="stored backtest"):
        move(tmp_path, RuleState.SHARE, 8, "Wang", 0.1)
    store_backtest(stored(text), tmp_path)
    assert list_backtests(text, folder=tmp_path) == [stored(text)]
    move(tmp_path, RuleState.SHARE, 8, "Wang", 0.1)
    move(tmp_path, RuleState.LIVE, 9, "Wang")
    assert RuleTexts(tmp_path).select("burst").step.state is RuleState.LIVE


def test_the_operator_sets_the_terms(tmp_path: Path) -> None:
    assert load_promotion_terms(tmp_path) == PromotionTerms(7 * DAY_MS, 7 * DAY_MS)
    (tmp_path / "fanzha.toml").write_text('[promotion]\nshadow = "14d"\n', "utf-8")
    assert load_promotion_terms(tmp_path) == PromotionTerms(7 * DAY_MS, 14 * DAY_MS)
    in_shadow(tmp_path)
    with pytest.raises(UsageError, match="14 days in shadow"):
        move(tmp_path, RuleState.SHARE, 8, "Wang", 0.1)


def test_the_rules_belong_to_the_organisation_that_is_named_or_whose_verdicts_are_served(tmp_path: Path) -> None:
    assert load_rule_organization(tmp_path) == ""
    (tmp_path / "fanzha.toml").write_text('[verdicts]\norganisation = "Example Mobile"\n', "utf-8")
    assert load_rule_organization(tmp_path) == "Example Mobile"
    with (tmp_path / "fanzha.toml").open("a") as file:
        file.write('[promotion]\norganisation = "Example Telecom"\n')
    assert load_rule_organization(tmp_path) == "Example Telecom" and load_promotion_terms(tmp_path) == PromotionTerms()


@pytest.mark.parametrize("text", ['[promotion]\nshadow = "soon"\n', '[promotion]\nshade = "7d"\n'])
def test_wrong_terms_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "fanzha.toml").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"\[promotion\]"):
        load_promotion_terms(tmp_path)


def test_a_damaged_line_of_backtests_is_named(tmp_path: Path) -> None:
    store_backtest(stored("t"), tmp_path)
    path = tmp_path / "rules" / "backtests.jsonl"
    path.write_bytes(path.read_bytes() + b"{\n")
    with pytest.raises(UsageError, match="line 2"):
        list_backtests("t", folder=tmp_path)
