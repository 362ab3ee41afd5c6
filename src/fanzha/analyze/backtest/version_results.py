"""Aggregate the hits of a backtest: results per rule version, comparisons of versions, the first hits."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from fanzha.analyze.alarm_rate import CHINA_MS, DAY_MS, AlarmExposure, alarm_rate
from fanzha.analyze.backtest.governor_rulings import GovernorRuling
from fanzha.analyze.backtest.hits import Hit, Replay
from fanzha.analyze.backtest.metrics import VersionMetrics
from fanzha.analyze.backtest.result import HitView, HourlyHits, VersionComparison, VersionResult
from fanzha.analyze.backtest.rule_versions import RuleVersion, RuleVersions
from fanzha.base.words import Words
from fanzha.claims.budget import Budget, Overrun
from fanzha.claims.governor import HOUR_MS
from fanzha.detect.rules.firings import FiringSubject


@dataclass(frozen=True)
class BacktestOutcome:
    """The results of a replay per hit and per version; without labels there are no roles and no metrics."""

    texts: RuleVersions
    replay: Replay
    budgets: list[Budget]
    rulings: list[GovernorRuling]
    overruns: list[Overrun]
    roles: list[str] | None
    judged: list[VersionMetrics] | None


def version_results(
    outcome: BacktestOutcome, first: int | None, exposure: AlarmExposure | None = None
) -> list[VersionResult]:
    """Return the result of each version; `first` is the first moment of the history (UTC ms)."""
    return [
        _version_result(outcome, index, version, first, exposure)
        for index, version in enumerate(outcome.texts.versions)
    ]


def _version_result(
    outcome: BacktestOutcome, index: int, version: RuleVersion, first: int | None, exposure: AlarmExposure | None
) -> VersionResult:
    pairs = zip(outcome.replay.hits, outcome.rulings, strict=True)
    version_hits = [(hit, ruling) for hit, ruling in pairs if hit.version == index]
    hits, acted = [hit for hit, _ in version_hits], [hit for hit, ruling in version_hits if ruling.acts]
    full_hits = [hit for hit in hits if are_windows_full(version, hit, first)]
    return VersionResult(
        label=version.label,
        rule=version.rule.name,
        version=version.rule.version,
        title_zh=version.rule.title.zh,
        title_en=version.rule.title.en,
        file=version.file,
        firings=outcome.replay.firings[index],
        hits=len(hits),
        subjects=len({hit.subject for hit in hits}),
        simulated=sum(hit.simulated for hit in hits),
        first=hits[0].moment if hits else None,
        last=hits[-1].moment if hits else None,
        budget=outcome.budgets[index],
        acted=len(acted),
        acted_subjects=len({hit.subject for hit in acted}),
        report_only=len(hits) - len(acted),
        hours=_hours(hits, acted),
        overruns=[overrun for overrun in outcome.overruns if overrun.rule == version.label],
        fills_until=None if first is None or not version.span else first + version.span,
        full_hits=len(full_hits),
        alarms=alarm_rate(_count_alarms(hits), exposure),
        full_alarms=alarm_rate(_count_alarms(full_hits), exposure),
        judged=outcome.judged[index] if outcome.judged else None,
    )


def _count_alarms(hits: Sequence[Hit]) -> int:
    """Return the number of subjects hit, each counted once on each day in China."""
    return len({(hit.subject, (hit.moment + CHINA_MS) // DAY_MS) for hit in hits})


def are_windows_full(version: RuleVersion, hit: Hit, first: int | None) -> bool:
    """Return whether the history, which begins at `first` (UTC ms), reaches back over the windows at a hit."""
    return first is None or hit.moment >= first + version.span


def _hours(hits: Sequence[Hit], acted: Sequence[Hit]) -> list[HourlyHits]:
    hit_subjects, acted_subjects = _subjects_by_hour(hits), _subjects_by_hour(acted)
    return [
        HourlyHits(hour * HOUR_MS, len(subjects), len(acted_subjects.get(hour, ())))
        for hour, subjects in sorted(hit_subjects.items())
    ]


def _subjects_by_hour(hits: Sequence[Hit]) -> dict[int, set[FiringSubject]]:
    subjects: dict[int, set[FiringSubject]] = defaultdict(set)
    for hit in hits:
        subjects[hit.moment // HOUR_MS].add(hit.subject)
    return subjects


def compare_versions(outcome: BacktestOutcome) -> list[VersionComparison]:
    """Compare the versions of each rule; without labels all roles are ""."""
    hits, texts = outcome.replay.hits, outcome.texts
    subjects: dict[int, dict[FiringSubject, str]] = defaultdict(dict)
    for hit, role in zip(hits, outcome.roles or [""] * len(hits), strict=True):
        subjects[hit.version].setdefault(hit.subject, role)
    return [_comparison(texts, a, b, subjects[a], subjects[b]) for a, b in texts.pairs()]


def first_hits(
    outcome: BacktestOutcome, max_hits: int, mask: Callable[[str, str], str], first: int | None = None
) -> list[HitView]:
    """Return the first hits of each version for display; `mask(kind, value)` formats a subject.

    `first` is the first moment of the history (UTC ms).
    """
    remaining = [max_hits] * len(outcome.texts.versions)
    views = []
    roles = outcome.roles or [""] * len(outcome.replay.hits)
    for hit, ruling, role in zip(outcome.replay.hits, outcome.rulings, roles, strict=True):
        if remaining[hit.version]:
            remaining[hit.version] -= 1
            version = outcome.texts.versions[hit.version]
            view = _hit_view(version, hit, ruling, role, mask)
            views.append(msgspec.structs.replace(view, windows_full=are_windows_full(version, hit, first)))
    return views


def _hit_view(
    version: RuleVersion, hit: Hit, ruling: GovernorRuling, role: str, mask: Callable[[str, str], str]
) -> HitView:
    why = ruling.why or Words("", "")
    return HitView(
        label=version.label,
        kind=hit.subject.kind,
        subject=mask(hit.subject.kind, hit.subject.value),
        moment=hit.moment,
        score=hit.score,
        acts=ruling.acts,
        why_zh=why.zh,
        why_en=why.en,
        role=role,
        reasons_zh=[reason.zh for reason in hit.reasons],
        reasons_en=[reason.en for reason in hit.reasons],
        simulated=hit.simulated,
    )


def _comparison(
    texts: RuleVersions, a: int, b: int, of_a: dict[FiringSubject, str], of_b: dict[FiringSubject, str]
) -> VersionComparison:
    first_version, second_version = texts.versions[a], texts.versions[b]
    return VersionComparison(
        first_version.rule.name,
        first_version.label,
        second_version.label,
        dict(Counter(role for subject, role in of_a.items() if subject not in of_b)),
        dict(Counter(role for subject, role in of_a.items() if subject in of_b)),
        dict(Counter(role for subject, role in of_b.items() if subject not in of_a)),
    )
