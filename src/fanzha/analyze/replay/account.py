"""Count what a replay found: the outcome of each case, shares, lead times, rules, and other subjects hit."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import numpy as np

from fanzha.analyze.alarm_rate import AlarmExposure, AlarmRate, alarm_rate
from fanzha.analyze.backtest.metrics import proportion
from fanzha.analyze.replay.case_matcher import CaseHit, OtherHits
from fanzha.analyze.replay.cases import FraudCase
from fanzha.analyze.replay.result import CaseView, FoundShare, FraudTypeShare, Gap, LeadTimes, Outcome, RuleShare
from fanzha.base.words import Words
from fanzha.claims.finding import Maturity

HOUR_MS = 3_600_000
_TRUNK = "trunk"


def view_cases(
    cases: Sequence[FraudCase], hits: Iterable[CaseHit], covered: Collection[int], first: int | None, last: int | None
) -> list[CaseView]:
    """Return the outcome of each case. `covered` are the cases with traffic; `first` and `last` bound the records."""
    by_case: dict[int, list[CaseHit]] = defaultdict(list)
    for hit in hits:
        by_case[hit.case].append(hit)
    return [
        _view(case, by_case.get(index, []), _find_gap(case, index in covered, first, last))
        for index, case in enumerate(cases)
    ]


def _find_gap(case: FraudCase, has_traffic: bool, first: int | None, last: int | None) -> Gap | None:
    """Return why the records could not show a case, None if they could."""
    if first is None or last is None or case.loss_until < first:
        return Gap.BEFORE_RECORDS
    if case.loss_from > last:
        return Gap.AFTER_RECORDS
    return None if has_traffic else Gap.NO_TRAFFIC


def _view(case: FraudCase, hits: Sequence[CaseHit], gap: Gap | None) -> CaseView:
    before = _before_loss(case, hits)
    outcome = _outcome(case, hits, bool(before), gap)
    first = before[0] if before and outcome is Outcome.FOUND else None
    return CaseView(
        number=case.number,
        rows=case.rows,
        fraud_type=case.fraud_type,
        amount=case.amount,
        loss_from=case.loss_from,
        loss_until=case.loss_until,
        outcome=outcome,
        gap=gap,
        maturity=tuple(Maturity)[min(hit.rank for hit in before)].value if first else "",
        way=first.way if first else "",
        rule=first.rule if first else "",
        found_at=first.found_at if first else None,
        lead_ms=case.loss_from - first.found_at if first else None,
        rules=tuple(dict.fromkeys(hit.rule for hit in before)) if first else (),
    )


def _before_loss(case: FraudCase, hits: Sequence[CaseHit]) -> list[CaseHit]:
    """Return the hits before the loss, except those of a trunk, which others use too."""
    return [hit for hit in hits if hit.found_at < case.loss_from and hit.way != _TRUNK]


def _outcome(case: FraudCase, hits: Sequence[CaseHit], is_found: bool, gap: Gap | None) -> Outcome:
    if gap is not None:
        return Outcome.NOT_COVERED
    if is_found:
        return Outcome.FOUND
    if any(hit.found_at < case.loss_from for hit in hits):
        return Outcome.TRUNK_ONLY
    own = [hit for hit in hits if hit.way != _TRUNK]
    if any(hit.found_at <= case.loss_until for hit in own) and case.loss_until > case.loss_from:
        return Outcome.SAME_DAY
    return Outcome.LATE if own else Outcome.MISSED


def share_found(views: Iterable[CaseView], covered: int) -> FoundShare:
    """Return the share that these found cases are of the covered ones, with their lead times."""
    leads = [view.lead_ms for view in views if view.lead_ms is not None]
    return FoundShare(proportion(len(leads), covered), lead_times(leads))


def lead_times(leads_ms: Sequence[int]) -> LeadTimes:
    """Return the quartiles of lead times in hours."""
    if not leads_ms:
        return LeadTimes(0)
    low, median, high = (float(value) / HOUR_MS for value in np.quantile(leads_ms, (0.25, 0.5, 0.75)))
    return LeadTimes(len(leads_ms), low, median, high)


def share_by_maturity(views: Sequence[CaseView], covered: int) -> dict[str, FoundShare]:
    """Return the share of cases by their most mature finding before the loss, for all maturities."""
    return {
        maturity.value: share_found([view for view in views if view.maturity == maturity], covered)
        for maturity in Maturity
    }


def count_ways(cases: Sequence[FraudCase], views: Sequence[CaseView], hits: Iterable[CaseHit]) -> dict[str, int]:
    """Return the number of found cases by how they were found; a case counts under each of its ways."""
    ways = {
        (hit.case, hit.way)
        for hit in hits
        if hit.found_at < cases[hit.case].loss_from and views[hit.case].outcome is Outcome.FOUND and hit.way != _TRUNK
    }
    return dict(Counter(way for _, way in sorted(ways)))


def share_by_rule(
    cases: Sequence[FraudCase],
    views: Sequence[CaseView],
    hits: Iterable[CaseHit],
    others: Iterable[OtherHits],
    exposure: AlarmExposure | None,
    title: Callable[[str, str], Words],
) -> list[RuleShare]:
    """Return cases found and other subjects hit by rule, the rule with most cases first; `title` names a rule."""
    covered = sum(view.gap is None for view in views)
    found: dict[tuple[str, str], dict[int, list[CaseHit]]] = defaultdict(lambda: defaultdict(list))
    for hit in hits:
        if views[hit.case].outcome is Outcome.FOUND and hit.way != _TRUNK and hit.found_at < cases[hit.case].loss_from:
            found[hit.rule, hit.detector][hit.case].append(hit)
    other_counts: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for other in others:
        if other.rule:
            counts, name = other_counts[other.rule, other.detector], tuple(Maturity)[other.rank].value
            counts[name] = counts.get(name, 0) + other.subject_days
    shares = [
        RuleShare(
            rule=rule,
            title=title(rule, detector),
            found=_share_of_hits(cases, found[rule, detector], covered, len(Maturity)),
            found_live=_share_of_hits(cases, found[rule, detector], covered, 1),
            alone=sum(views[case].rules == (rule,) for case in found[rule, detector]),
            by_way=dict(Counter(sorted(_first_ways(found[rule, detector])))),
            others=rates(other_counts[rule, detector], exposure),
        )
        for rule, detector in {**found, **other_counts}
    ]
    return sorted(shares, key=lambda share: (-share.found.found.part, share.rule))


def _first_ways(by_case: Mapping[int, Sequence[CaseHit]]) -> list[str]:
    return [hits[0].way for hits in by_case.values()]


def _share_of_hits(
    cases: Sequence[FraudCase], by_case: Mapping[int, Sequence[CaseHit]], covered: int, ranks: int
) -> FoundShare:
    """Return the share of cases with a hit of one of the first `ranks` maturities, with lead times of the earliest."""
    leads = [
        cases[case].loss_from - min(hit.found_at for hit in hits if hit.rank < ranks)
        for case, hits in by_case.items()
        if any(hit.rank < ranks for hit in hits)
    ]
    return FoundShare(proportion(len(leads), covered), lead_times(leads))


def rates(counts: Mapping[str, int], exposure: AlarmExposure | None) -> dict[str, AlarmRate]:
    """Return the rate of each maturity, in the order of `Maturity`; one without alarms has the rate 0."""
    return {maturity.value: alarm_rate(counts.get(maturity.value, 0), exposure) for maturity in Maturity}


def share_by_fraud_type(views: Sequence[CaseView]) -> list[FraudTypeShare]:
    """Return the share of covered cases of each fraud type, the most frequent first; [] if no case has a type."""
    covered = [view for view in views if view.gap is None]
    counts = Counter(view.fraud_type for view in covered)
    found = Counter(view.fraud_type for view in covered if view.outcome is Outcome.FOUND)
    if not any(counts):
        return []
    return [FraudTypeShare(name, proportion(found[name], count)) for name, count in counts.most_common()]
