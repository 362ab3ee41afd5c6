"""A backtest holds hits to the budget and the spared list as a stream would."""

import pytest
from tests.analyze.backtest.history import START, calls, number, rule, together

from fanzha.analyze.backtest.governor_rulings import govern
from fanzha.analyze.backtest.hits import Hit, replay
from fanzha.analyze.backtest.rule_versions import RuleVersions, load_rule_versions
from fanzha.claims.allowlist import Allowlist, AllowlistEntry, OriginKind
from fanzha.claims.budget import Budget
from fanzha.claims.finding import Mode
from fanzha.claims.governor import HOUR_MS
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.detect import operator_rule
from fanzha.detect.rules.governance import Governance
from fanzha.detect.rules.session import RuleSession

TEXTS = load_rule_versions([("a", rule(1)), ("b", rule(2))], {})
HISTORY = together(*(calls(number(n), 2, trunk="LL-07") for n in range(4)))


def hits(versions: RuleVersions = TEXTS) -> list[Hit]:
    return replay(versions, iter([HISTORY])).hits


def test_each_version_has_a_budget_of_its_own_and_overruns_name_its_label() -> None:
    budgets = [Budget(2), Budget(3)]
    rulings, overruns = govern(hits(), TEXTS.versions, budgets, Allowlist())
    acted = [[ruling.acts for hit, ruling in zip(hits(), rulings, strict=True) if hit.version == v] for v in (0, 1)]
    assert acted == [[True, True, False, False], [True, True, True, False]]
    assert [(over.rule, over.withheld) for over in overruns] == [("burst A", 2), ("burst B", 1)]
    assert all((ruling.why is None) == ruling.acts for ruling in rulings)


def test_a_spared_number_only_reports_and_says_whose_it_is() -> None:
    spared = Allowlist([AllowlistEntry(number(1), OriginKind.TRUNK, "LL-07", "a made-up hospital", "contract 7")])
    rulings, _ = govern(hits(), TEXTS.versions, [Budget(), Budget()], spared)
    rulings_by_number = {hit.subject.value: ruling for hit, ruling in zip(hits(), rulings, strict=True)}
    assert [rulings_by_number[number(n)].acts for n in range(4)] == [True, False, True, True]
    why = rulings_by_number[number(1)].why
    assert why is not None and "a made-up hospital" in why.en


def test_the_share_of_a_trunk_is_of_its_calls_in_the_hour_before() -> None:
    counted = replay(TEXTS, iter([HISTORY]), count_trunks=True).hits
    rulings, overruns = govern(counted, TEXTS.versions, [Budget(None, 0.5), Budget()], Allowlist())
    acted = [ruling.acts for hit, ruling in zip(counted, rulings, strict=True) if hit.version == 0]
    assert [hit.trunk_calls for hit in counted if hit.version == 0] == [4, 4, 4, 4]
    assert acted == [True, True, False, False]
    assert [(over.trunk, over.limit) for over in overruns] == [("LL-07", 2.0)]


@pytest.mark.parametrize("budget", [Budget(), Budget(1), Budget(None, 0.1)])
def test_what_would_act_is_what_the_live_rule_acts_on_in_a_run(budget: Budget) -> None:
    """Once its windows are full: before, a live rule only reports."""
    late = START + 2 * HOUR_MS
    more = together(calls(number(99), 1), *(calls(number(n), 5 + n, start=late, trunk="LL-07") for n in range(5)))
    text = rule(4).decode()
    live = operator_rule(text, RuleStep(state=RuleState.LIVE, at=1, by="Lin", why="agreed"), {})
    session = RuleSession((live,), governance=Governance({live.name: budget}))
    for table, batch in more.items():
        session.feed(table, batch)
    ran = [(hits_found.subject, hits_found.found_at, hits_found.mode is Mode.LIVE) for hits_found in session.finish()]
    versions = load_rule_versions([("a", text.encode())], {})
    hits_found = replay(versions, iter([more]), count_trunks=True).hits
    rulings, _ = govern(hits_found, versions.versions, [budget], Allowlist())
    assert ran == [
        (hit.subject.value, hit.moment, ruling.acts) for hit, ruling in zip(hits_found, rulings, strict=True)
    ]
    assert len(ran) == 5 and any(acts for _, _, acts in ran)
