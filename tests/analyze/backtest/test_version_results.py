"""The account adds up: hits, subjects an hour, what would have acted, and what two versions have in common."""

from collections.abc import Sequence

from tests.analyze.backtest.history import MINUTE, START, calls, number, rule, together

from fanzha.analyze.alarm_rate import AlarmExposure
from fanzha.analyze.backtest.governor_rulings import govern
from fanzha.analyze.backtest.hits import replay
from fanzha.analyze.backtest.rule_versions import load_rule_versions
from fanzha.analyze.backtest.version_results import BacktestOutcome, compare_versions, first_hits, version_results
from fanzha.analyze.report.titles import mask_subject
from fanzha.claims.allowlist import Allowlist
from fanzha.claims.budget import Budget

HOUR = 60 * MINUTE
HISTORY = together(
    *(calls(number(n), 10 + n) for n in range(4)), *(calls(number(n), 5, start=START + HOUR) for n in (10, 11))
)


def outcome(*limits: int, budget: int = 3, roles: Sequence[str] | None = None) -> BacktestOutcome:
    versions = load_rule_versions([(f"{limit}.rule", rule(limit)) for limit in limits], {})
    replay_result = replay(versions, iter([HISTORY]))
    budgets = [Budget(budget)] * len(limits)
    rulings, overruns = govern(replay_result.hits, versions.versions, budgets, Allowlist())
    return BacktestOutcome(versions, replay_result, budgets, rulings, overruns, list(roles) if roles else None, None)


def test_hits_subjects_hours_and_what_would_have_acted_add_up() -> None:
    (result,) = version_results(outcome(5), START)
    assert (result.label, result.file, result.hits, result.subjects, result.simulated) == ("burst", "5.rule", 6, 6, 6)
    assert [(hour.begins, hour.subjects, hour.acted) for hour in result.hours] == [(START, 4, 3), (START + HOUR, 2, 2)]
    assert (result.acted, result.acted_subjects, result.report_only) == (5, 5, 1)
    assert [(over.hour, over.withheld) for over in result.overruns] == [(START, 1)]
    assert result.firings == sum(10 + n - 4 for n in range(4)) + 2
    assert result.busiest is not None and result.busiest.subjects == 4


def test_it_says_until_when_windows_were_not_full() -> None:
    (result,) = version_results(outcome(5), START)
    assert result.fills_until == START + HOUR


def test_an_alarm_is_a_subject_on_a_day_and_those_with_full_windows_are_counted_apart() -> None:
    (result,) = version_results(outcome(5), START, AlarmExposure(1_000, 1.0, "given"))
    assert result.alarms is not None and result.full_alarms is not None
    assert (result.alarms.alarms, result.alarms.per_million_a_day) == (6, 6_000.0)
    assert (result.full_hits, result.full_alarms.alarms) == (2, 2)


def test_a_version_without_hits_has_a_result_too() -> None:
    (result,) = version_results(outcome(1_000), START)
    assert (result.hits, result.hours, result.first, result.busiest) == (0, [], None, None)


def test_two_versions_are_compared_by_subject() -> None:
    (comparison,) = compare_versions(outcome(5, 12))
    assert (comparison.rule, comparison.a, comparison.b) == ("burst", "burst A", "burst B")
    assert (comparison.only_a, comparison.both, comparison.only_b) == ({"": 4}, {"": 2}, {})


def test_with_labels_the_comparison_says_who_they_are() -> None:
    backtest_outcome = outcome(5, 12)
    roles = [
        "fraud" if hit.subject.value in (number(0), number(3)) else "innocent" for hit in backtest_outcome.replay.hits
    ]
    (comparison,) = compare_versions(outcome(5, 12, roles=roles))
    assert comparison.only_a == {"fraud": 1, "innocent": 3} and comparison.both == {"fraud": 1, "innocent": 1}


def test_the_first_hits_of_each_version_are_shown_masked_with_effect_and_reasons() -> None:
    views = first_hits(outcome(5, 12), 5, mask_subject)
    assert [hit.label for hit in views].count("burst A") == 5 and [hit.label for hit in views].count("burst B") == 2
    assert all("•" in hit.subject for hit in views)
    assert [hit.acts for hit in views if hit.label == "burst A"] == [True, True, True, False, True]
    assert all(bool(hit.why_en) != hit.acts and hit.reasons_en for hit in views)
