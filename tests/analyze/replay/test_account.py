"""Outcomes are told apart as time tells them apart; shares are of covered cases; lead times have quartiles."""

import pytest
from tests.analyze.replay.material import DAY, HOUR, LOSS, case

from fanzha.analyze.alarm_rate import AlarmExposure
from fanzha.analyze.replay.account import (
    count_ways,
    lead_times,
    rates,
    share_by_fraud_type,
    share_by_maturity,
    share_by_rule,
    share_found,
    view_cases,
)
from fanzha.analyze.replay.case_matcher import CaseHit, OtherHits
from fanzha.analyze.replay.cases import FraudCase
from fanzha.analyze.replay.result import CaseView, Gap, Outcome
from fanzha.base.words import Words


def hit(hours_before: float, *, index: int = 0, way: str = "suspect", rank: int = 1, rule: str = "burst") -> CaseHit:
    return CaseHit(index, LOSS - int(hours_before * HOUR), rule, "detector", rank, way)


def view(
    *hits: CaseHit, one: FraudCase | None = None, covered: bool = True, first: int = 0, last: int = LOSS + DAY
) -> CaseView:
    (found,) = view_cases([one or case()], hits, {0} if covered else set(), first, last)
    return found


def test_a_case_is_found_by_its_earliest_finding_and_ranked_by_its_most_mature() -> None:
    found = view(hit(10, way="victim", rank=1), hit(2, rank=0, rule="probe"))
    assert (found.outcome, found.way, found.rule, found.maturity) == (Outcome.FOUND, "victim", "burst", "live")
    assert found.lead_ms == 10 * HOUR and found.rules == ("burst", "probe")


def test_a_finding_at_the_very_moment_of_the_loss_is_late() -> None:
    assert view(hit(0)).outcome is Outcome.LATE


def test_on_the_day_of_a_loss_without_a_time_the_order_is_unknown() -> None:
    day = case(loss_until=LOSS + DAY - 1)
    assert view(hit(-3), one=day).outcome is Outcome.SAME_DAY
    assert view(hit(-25), one=day).outcome is Outcome.LATE
    assert view(hit(1), one=day).outcome is Outcome.FOUND


def test_a_trunk_alone_does_not_find_a_case() -> None:
    found = view(hit(3, way="trunk"))
    assert found.outcome is Outcome.TRUNK_ONLY and found.lead_ms is None
    assert view(hit(-3, way="trunk")).outcome is Outcome.MISSED


def test_cases_that_the_records_do_not_cover_are_in_no_share_whatever_was_found() -> None:
    assert view(hit(3), first=LOSS + 1).gap is Gap.BEFORE_RECORDS
    assert view(hit(3), last=LOSS - 1).gap is Gap.AFTER_RECORDS
    uncovered = view(hit(3), covered=False)
    assert (uncovered.outcome, uncovered.gap, uncovered.lead_ms) == (Outcome.NOT_COVERED, Gap.NO_TRAFFIC, None)


def test_shares_by_maturity_add_up_to_the_share_together() -> None:
    cases = [case(number=str(n)) for n in range(4)]
    views = view_cases(
        cases, [hit(8, rank=0), hit(4, index=1), hit(2, index=1), hit(1, index=2, rank=3)], {0, 1, 2, 3}, 0, LOSS
    )
    assert share_found(views, 4).found.part == 3
    assert [share.found.part for share in share_by_maturity(views, 4).values()] == [1, 1, 0, 1]
    share = share_found(views, 4)
    assert share.lead.median_hours == 4 and share.found.low == pytest.approx(0.3006, abs=1e-3)


def test_lead_times_have_quartiles() -> None:
    times = lead_times([HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 5 * HOUR])
    assert (times.lower_quartile_hours, times.median_hours, times.upper_quartile_hours) == (2, 3, 4)
    assert times.words() == Words("3.0 小时（2.0–4.0）", "3.0 h (2.0–4.0)")
    assert lead_times([]).words() == Words("–", "–")


def test_a_rule_says_what_it_found_alone_live_and_whom_else_it_hit() -> None:
    cases = [case(number="A"), case(number="B")]
    hits = [hit(8, rank=0), hit(4, rule="probe"), hit(3, index=1)]
    views = view_cases(cases, hits, {0, 1}, 0, LOSS)
    others = [
        OtherHits("", "", 1, False, 9),
        OtherHits("burst", "detector", 1, False, 3),
        OtherHits("silent", "d", 0, True, 2),
    ]
    burst, probe, silent = share_by_rule(cases, views, hits, others, AlarmExposure(1_000_000, 1.0, "given"), Words)
    assert (burst.rule, burst.found.found.part, burst.found_live.found.part, burst.alone) == ("burst", 2, 1, 1)
    assert burst.others["shadow"].per_million_a_day == pytest.approx(3) and burst.others["live"].alarms == 0
    assert (probe.found.found.part, probe.alone) == (1, 0)
    assert silent.found.found.part == 0 and silent.others["live"].alarms == 2
    assert count_ways(cases, views, hits) == {"suspect": 2}


def test_a_maturity_without_alarms_has_an_upper_bound() -> None:
    rate = rates({}, AlarmExposure(1_000_000, 1.0, "given"))["live"]
    assert rate.alarms == 0 and rate.high == pytest.approx(3.689, abs=1e-3)


def test_fraud_types_are_shared_among_covered_cases() -> None:
    cases = [
        case(number="A", fraud_type="loan"),
        case(number="B", fraud_type="loan"),
        case(number="C", fraud_type="job"),
    ]
    views = view_cases(cases, [hit(1)], {0, 1}, 0, LOSS)
    (loan,) = share_by_fraud_type(views)
    assert (loan.fraud_type, loan.found.part, loan.found.whole) == ("loan", 1, 2)
