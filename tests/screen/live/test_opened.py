"""The rules of a snapshot run as they stand there: those that are running, with their lists, budgets and steps."""

import pytest
from tests.rules.facts import START
from tests.screen.live.test_running import BURST, LABELLED, TWO, call, detector, offer, warm

from fanzha.claims.budget import Budget
from fanzha.claims.life import State, Step
from fanzha.claims.rule_treatment import RuleTreatments
from fanzha.claims.snapshot import LiveRule, LiveRules
from fanzha.claims.spared import Spared
from fanzha.claims.treatment import Treatment
from fanzha.rules import RuleError
from fanzha.screen.live.opened import opened

LISTED = BURST.replace("when ", 'when caller not in friends and trunk != "TG-9" and ')


def held(text: str, state: State) -> LiveRule:
    return LiveRule("burst", "d", text, Step(state=state, at=0, by="A", why="test"))


def rules(*held_: LiveRule, **budgets: Budget) -> LiveRules:
    return LiveRules(held_, budgets, Budget(), {"friends": (TWO,)})


def test_rules_run_with_their_lists_and_treat_as_the_operator_says() -> None:
    running = opened(rules(held(LISTED, State.LIVE)), Spared(), b"k", RuleTreatments({"burst": Treatment.WITHHOLD}))
    warm(running)
    assert [offer(running, call(at)) for at in range(3)][-1] == [("burst", Treatment.WITHHOLD, 0.7)]
    assert [offer(running, call(at, TWO)) for at in range(3)][-1] == []


def test_budgets_are_known_by_the_name_of_the_text() -> None:
    running = opened(rules(held(BURST, State.LIVE), burst=Budget(subjects_an_hour=0)), Spared(), b"k")
    warm(running)
    assert [offer(running, call(at)) for at in range(3)][-1] == []


@pytest.mark.parametrize("state", [State.DRAFT, State.BACKTEST, State.RETIRED])
def test_texts_that_do_not_run_are_left_alone_and_shipped_ones_may_run_beside(state: State) -> None:
    running = opened(rules(held(LISTED, state)), Spared(), b"k", beside=[detector()])
    warm(running)
    assert [offer(running, call(at)) for at in range(3)][-1] == LABELLED
    assert running.live.tables == ("call_answered", "call_ended", "call_offered")


def test_nothing_runs_where_nothing_is_kept() -> None:
    running = opened(LiveRules(), Spared(), b"k")
    assert offer(running, call(0)) == []
    running.pass_time(START)


def test_a_text_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(RuleError):
        opened(rules(held("rule broken", State.LIVE)), Spared(), b"k")
