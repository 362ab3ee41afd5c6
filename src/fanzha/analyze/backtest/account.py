"""From hits to the account: for each version whom it would have hit, when, within budget or not, right or wrong."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fanzha.analyze.backtest.governed import Ruling
from fanzha.analyze.backtest.hits import Hit, Replay
from fanzha.analyze.backtest.judged import Judged
from fanzha.analyze.backtest.result import Comparison, Hour, ShownHit, VersionAccount
from fanzha.analyze.backtest.texts import Texts, Version
from fanzha.base.words import Words
from fanzha.claims.budget import Budget, Overrun
from fanzha.claims.governor import HOUR_MS
from fanzha.detect.rules.firings import FiringSubject


@dataclass(frozen=True)
class Outcome:
    """All that a replay gave, hit by hit and version by version; without labels there are no roles and no figures."""

    texts: Texts
    replay: Replay
    budgets: list[Budget]
    rulings: list[Ruling]
    overruns: list[Overrun]
    roles: list[str] | None
    judged: list[Judged] | None


def account(outcome: Outcome, first: int | None) -> list[VersionAccount]:
    """Return the account of each version; `first` is the first moment of the history."""
    return [_account(outcome, place, version, first) for place, version in enumerate(outcome.texts.versions)]


def _account(outcome: Outcome, place: int, version: Version, first: int | None) -> VersionAccount:
    ruled = zip(outcome.replay.hits, outcome.rulings, strict=True)
    mine = [(hit, ruling) for hit, ruling in ruled if hit.version == place]
    hits, acted = [hit for hit, _ in mine], [hit for hit, ruling in mine if ruling.acts]
    return VersionAccount(
        label=version.label,
        rule=version.rule.name,
        version=version.rule.version,
        title_zh=version.rule.title.zh,
        title_en=version.rule.title.en,
        file=version.file,
        firings=outcome.replay.firings[place],
        hits=len(hits),
        subjects=len({hit.subject for hit in hits}),
        simulated=sum(hit.simulated for hit in hits),
        first=hits[0].moment if hits else None,
        last=hits[-1].moment if hits else None,
        budget=outcome.budgets[place],
        acted=len(acted),
        acted_subjects=len({hit.subject for hit in acted}),
        report_only=len(hits) - len(acted),
        hours=_hours(hits, acted),
        overruns=[over for over in outcome.overruns if over.rule == version.label],
        fills_until=None if first is None or not version.span else first + version.span,
        judged=outcome.judged[place] if outcome.judged else None,
    )


def _hours(hits: Sequence[Hit], acted: Sequence[Hit]) -> list[Hour]:
    every, acting = _subjects_by_hour(hits), _subjects_by_hour(acted)
    return [Hour(hour * HOUR_MS, len(subjects), len(acting.get(hour, ()))) for hour, subjects in sorted(every.items())]


def _subjects_by_hour(hits: Sequence[Hit]) -> dict[int, set[FiringSubject]]:
    found: dict[int, set[FiringSubject]] = defaultdict(set)
    for hit in hits:
        found[hit.moment // HOUR_MS].add(hit.subject)
    return found


def compare(outcome: Outcome) -> list[Comparison]:
    """Return the comparisons of versions of one rule; without labels all roles are ""."""
    hits, texts = outcome.replay.hits, outcome.texts
    subjects: dict[int, dict[FiringSubject, str]] = defaultdict(dict)
    for hit, role in zip(hits, outcome.roles or [""] * len(hits), strict=True):
        subjects[hit.version].setdefault(hit.subject, role)
    return [_compared(texts, a, b, subjects[a], subjects[b]) for a, b in texts.pairs()]


def show(outcome: Outcome, most: int, mask: Callable[[str, str], str]) -> list[ShownHit]:
    """Return the first hits of each version as people see them; `mask(kind, value)` gives a subject."""
    left = [most] * len(outcome.texts.versions)
    shown = []
    roles = outcome.roles or [""] * len(outcome.replay.hits)
    for hit, ruling, role in zip(outcome.replay.hits, outcome.rulings, roles, strict=True):
        if left[hit.version]:
            left[hit.version] -= 1
            shown.append(_shown(outcome.texts.versions[hit.version], hit, ruling, role, mask))
    return shown


def _shown(version: Version, hit: Hit, ruling: Ruling, role: str, mask: Callable[[str, str], str]) -> ShownHit:
    why = ruling.why or Words("", "")
    return ShownHit(
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


def _compared(
    texts: Texts, a: int, b: int, of_a: dict[FiringSubject, str], of_b: dict[FiringSubject, str]
) -> Comparison:
    one, other = texts.versions[a], texts.versions[b]
    return Comparison(
        one.rule.name,
        one.label,
        other.label,
        dict(Counter(role for subject, role in of_a.items() if subject not in of_b)),
        dict(Counter(role for subject, role in of_a.items() if subject in of_b)),
        dict(Counter(role for subject, role in of_b.items() if subject not in of_a)),
    )
