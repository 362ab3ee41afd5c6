"""The rules of a snapshot run as they stand there: those that are running, with their lists, budgets and steps."""

import pytest
from tests.rules.facts import START
from tests.screen.live.test_running import BURST, LABELLED, TWO, call, detector, offer, warm

from fanzha.claims.allowlist import Allowlist
from fanzha.claims.budget import Budget
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.claims.snapshot import LiveRule, LiveRules
from fanzha.claims.treatment import RuleTreatments, Treatment
from fanzha.rules import RuleError
from fanzha.screen.live.opened import opened

LISTED = BURST.replace("when ", 'when caller not in friends and trunk != "TG-9" and ')


def held(text: str, state: RuleState) -> LiveRule:
    return LiveRule("burst", "d", text, RuleStep(state=state, at=0, by="A", why="test"))


def rules(*held_: LiveRule, **budgets: Budget) -> LiveRules:
    return LiveRules(held_, budgets, Budget(), {"friends": (TWO,)})


def test_rules_run_with_their_lists_and_treat_as_the_operator_says() -> None:
    running = opened(
        rules(held(LISTED, RuleState.LIVE)), Allowlist(), b"k", RuleTreatments({"burst": Treatment.WITHHOLD})
    )
    warm(running)
    assert [offer(running, call(at)) for at in range(3)][-1] == [("burst", Treatment.WITHHOLD, 0.7)]
    assert [offer(running, call(at, TWO)) for at in range(3)][-1] == []


def test_budgets_are_known_by_the_name_of_the_text() -> None:
    running = opened(rules(held(BURST, RuleState.LIVE), burst=Budget(subjects_an_hour=0)), Allowlist(), b"k")
    warm(running)
    assert [offer(running, call(at)) for at in range(3)][-1] == []


@pytest.mark.parametrize("state", [RuleState.DRAFT, RuleState.BACKTEST, RuleState.RETIRED])
def test_texts_that_do_not_run_are_left_alone_and_shipped_ones_may_run_beside(state: RuleState) -> None:
    running = opened(rules(held(LISTED, state)), Allowlist(), b"k", beside=[detector()])
    warm(running)
    assert [offer(running, call(at)) for at in range(3)][-1] == LABELLED
    assert running.live.tables == ("call_answered", "call_ended", "call_offered")


def test_nothing_runs_where_nothing_is_kept() -> None:
    running = opened(LiveRules(), Allowlist(), b"k")
    assert offer(running, call(0)) == []
    running.pass_time(START)


def test_a_text_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(RuleError):
        opened(rules(held("rule broken", RuleState.LIVE)), Allowlist(), b"k")
