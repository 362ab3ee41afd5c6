"""Fuse findings, opinions and decisions on a subject into one verdict per scope. The order of evidence does not matter.

Suspicion is 1 − ∏(1 − weight) over detectors and organisations, each counted once by its heaviest piece, times
∏(1 − weight) over those that say "clear". A weight is the confidence of the piece times the trust in
its source. A decision outranks all earlier evidence; an allowlisted number is clear until a decision says otherwise.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from math import prod
from typing import NamedTuple

from fanzha.claims.allowlist import AllowlistEntry
from fanzha.claims.evidence import DECISION, FINDING, Evidence
from fanzha.claims.policy import Policy
from fanzha.claims.treatment import TREATMENTS, Treatment, stricter
from fanzha.claims.verdict import FOREVER, LEVELS, Level, Verdict, VerdictPart, VerdictScope

NUMBER = "phone_number"


class _WeightedEvidence(NamedTuple):
    weight: float
    piece: Evidence


class _FusionResult(NamedTuple):
    level: Level
    score: float
    fraud_type: str
    treatment: Treatment
    organization: str
    counted: tuple[_WeightedEvidence, ...]


def fuse(
    evidence: Iterable[Evidence], at: int, policy: Policy, spared: Mapping[str, Sequence[AllowlistEntry]] | None = None
) -> Iterator[Verdict]:
    """Yield the verdicts of all subjects at a moment (UTC ms), ordered by kind and value, the widest scope first.

    `spared` maps numbers to allowlist entries. Subjects without evidence in force are omitted.
    """
    by_subject: dict[tuple[str, str], list[Evidence]] = {}
    for piece in evidence:
        by_subject.setdefault(_subject(piece), []).append(piece)
    for (kind, value), pieces in sorted(by_subject.items()) if len(by_subject) > 1 else by_subject.items():
        entries = spared.get(value, ()) if spared and kind == NUMBER else ()
        yield from fuse_subject(pieces, at, policy, entries)


def _subject(piece: Evidence) -> tuple[str, str]:
    kind = NUMBER if piece.subject_kind == "short_code" else piece.subject_kind
    return kind, piece.subject


def fuse_subject(
    pieces: Sequence[Evidence], at: int, policy: Policy, spared: Sequence[AllowlistEntry] = ()
) -> list[Verdict]:
    """Return the verdicts of one subject, one per scope; omit scopes whose verdict equals that of a wider scope."""
    active = _in_force(_deduplicate(pieces), at)
    scopes = {piece.scope for piece in active}
    if len(scopes) == 1:
        return [_verdict(active, active[0].scope, at, policy, spared)]
    verdicts: list[Verdict] = []
    for scope in sorted(scopes, key=lambda candidate: (-candidate.width, candidate)):
        verdict = _verdict([piece for piece in active if piece.scope.covers(scope)], scope, at, policy, spared)
        if not any(wider.scope.covers(scope) and _is_equivalent(wider, verdict) for wider in verdicts):
            verdicts.append(verdict)
    return verdicts


class _TieBreaker:
    """Last sort key of a piece: its repr, computed only when two pieces are compared."""

    __slots__ = ("_piece",)

    def __init__(self, piece: Evidence) -> None:
        self._piece = piece

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _TieBreaker) and self._piece == other._piece

    def __lt__(self, other: "_TieBreaker") -> bool:
        return repr(self._piece) < repr(other._piece)

    __hash__ = None  # type: ignore[assignment]


def _deduplicate(pieces: Sequence[Evidence]) -> list[Evidence]:
    """Return the distinct pieces in a fixed order."""
    if len(pieces) == 1:
        return list(pieces)
    return [piece for piece, _ in groupby(sorted(pieces, key=_sort_key))]


def _sort_key(piece: Evidence) -> tuple[str, str, int, str, _TieBreaker]:
    return piece.source, piece.by, piece.at, piece.id, _TieBreaker(piece)


def _is_equivalent(first: Verdict, second: Verdict) -> bool:
    return (first.level, first.treatment, first.fraud_type, first.until) == (
        second.level,
        second.treatment,
        second.fraud_type,
        second.until,
    )


def _in_force(pieces: Sequence[Evidence], at: int) -> list[Evidence]:
    """Return the pieces in force at `at`: of the current holder, not simulated if any is real, and not replaced."""
    begun = [piece for piece in pieces if piece.at <= at]
    holder = max((piece.holder_from for piece in begun if piece.holder_from is not None), default=None)
    if holder is not None:
        begun = [
            piece
            for piece in begun
            if piece.holder_from == holder or (piece.holder_from is None and piece.at >= holder)
        ]
    if any(not piece.simulated for piece in begun):
        begun = [piece for piece in begun if not piece.simulated]
    if all(piece.source == FINDING for piece in begun):
        return [piece for piece in begun if at < piece.until]
    latest = {(piece.source, piece.by, piece.scope): piece.at for piece in sorted(begun, key=lambda piece: piece.at)}
    return [
        piece
        for piece in begun
        if at < piece.until and (piece.source == FINDING or piece.at == latest[piece.source, piece.by, piece.scope])
    ]


def _verdict(
    pieces: Sequence[Evidence], scope: VerdictScope, at: int, policy: Policy, spared: Sequence[AllowlistEntry]
) -> Verdict:
    fused = _fuse_pieces(pieces, at, policy, spared)
    first = pieces[0]
    return Verdict(
        subject_kind=_subject(first)[0],
        subject=first.subject,
        holder_from=max((piece.holder_from for piece in pieces if piece.holder_from is not None), default=None),
        scope=scope,
        level=fused.level,
        score=round(fused.score, 4),
        fraud_type=fused.fraud_type,
        treatment=fused.treatment,
        until=_next_change(pieces, fused, at, policy, spared),
        organization=fused.organization,
        simulated=first.simulated,
        why=tuple(_contributions(fused, pieces, at, spared)),
    )


def _next_change(
    pieces: Sequence[Evidence], current: _FusionResult, at: int, policy: Policy, spared: Sequence[AllowlistEntry]
) -> int:
    """Return the first moment at which expiring evidence changes the verdict."""
    ends = {piece.until for piece in pieces} | {entry.until for entry in spared if entry.until is not None}
    for end in sorted(end for end in ends if end > at):
        remaining = [piece for piece in pieces if end < piece.until]
        if not remaining:
            return end
        later = _fuse_pieces(remaining, end, policy, spared)
        if later[0] is not current[0] or later[2:4] != current[2:4]:
            return end
    return FOREVER


def _fuse_pieces(
    pieces: Sequence[Evidence], at: int, policy: Policy, spared: Sequence[AllowlistEntry]
) -> _FusionResult:
    """Fuse pieces that are all in force."""
    decision = _decision(pieces)
    since = decision.at if decision else None
    automatic = not _active_entries(spared, at)
    weighed = _weigh(
        [piece for piece in pieces if automatic and piece.source != DECISION and _is_newer(piece, since)], policy
    )
    score = _score(weighed)
    level = policy.level(score)
    if decision and LEVELS.index(decision.level) >= LEVELS.index(level):
        treatment = decision.treatment or policy.treatment(decision.level)
        sure = 0.0 if decision.level is Level.CLEAR else max(score, decision.confidence)
        kind = decision.fraud_type or _fraud_type(weighed)
        return _FusionResult(decision.level, sure, kind, treatment, decision.by, weighed)
    kind = _fraud_type(weighed) if level is not Level.CLEAR else ""
    treatment = decision.treatment if decision and decision.treatment else Treatment.ALLOW
    return _FusionResult(level, score, kind, stricter(treatment, policy.treatment(level)), policy.organization, weighed)


def _is_newer(piece: Evidence, since: int | None) -> bool:
    return since is None or piece.at > since


def _decision(pieces: Sequence[Evidence]) -> Evidence | None:
    """Return the latest decision; of two at the same moment the milder one."""
    decisions = [piece for piece in pieces if piece.source == DECISION]
    if not decisions:
        return None
    return min(decisions, key=lambda piece: (-piece.at, LEVELS.index(piece.level), _mildness(piece), _sort_key(piece)))


def _mildness(piece: Evidence) -> int:
    return TREATMENTS.index(piece.treatment) if piece.treatment else 0


def _active_entries(spared: Sequence[AllowlistEntry], at: int) -> list[AllowlistEntry]:
    return [entry for entry in spared if entry.until is None or at < entry.until]


def _weigh(pieces: Sequence[Evidence], policy: Policy) -> tuple[_WeightedEvidence, ...]:
    """Return the heaviest piece of each source for and against suspicion, in a fixed order."""
    best: dict[tuple[str, str, bool], _WeightedEvidence] = {}
    for piece in pieces:
        key = piece.source, piece.by, piece.level is Level.CLEAR
        candidate = _WeightedEvidence(piece.confidence * policy.trust_in(piece.source, piece.by), piece)
        heaviest = best.get(key)
        if (
            heaviest is None
            or heaviest.weight < candidate.weight
            or (heaviest.weight == candidate.weight and _sorts_first(candidate, heaviest))
        ):
            best[key] = candidate
    return tuple(best[key] for key in sorted(best))


def _sorts_first(first: _WeightedEvidence, second: _WeightedEvidence) -> bool:
    return _sort_key(second.piece) < _sort_key(first.piece)


def _score(weighed: Sequence[_WeightedEvidence]) -> float:
    """Return the suspicion, 0–1; weights are multiplied in sorted order so that rounding does not depend on names."""
    against = sorted(1 - piece.weight for piece in weighed if piece.piece.level is not Level.CLEAR)
    clear = sorted(1 - piece.weight for piece in weighed if piece.piece.level is Level.CLEAR)
    return round((1 - prod(against)) * prod(clear), 9)


def _fraud_type(weighed: Sequence[_WeightedEvidence]) -> str:
    """Return the fraud type with the greatest total weight; ties are broken by name."""
    if len(weighed) == 1:
        (weighted,) = weighed
        return weighted.piece.fraud_type if weighted.piece.level is not Level.CLEAR else ""
    weights: dict[str, list[float]] = {}
    for weighted in weighed:
        if weighted.piece.fraud_type and weighted.piece.level is not Level.CLEAR:
            weights.setdefault(weighted.piece.fraud_type, []).append(weighted.weight)
    return min(weights, key=lambda name: (-sum(sorted(weights[name])), name), default="")


def _contributions(
    fused: _FusionResult, pieces: Sequence[Evidence], at: int, spared: Sequence[AllowlistEntry]
) -> Iterator[VerdictPart]:
    """Yield the contributions: decisions, allowlist entries, evidence by weight; overruled pieces have weight 0."""
    for piece in sorted((piece for piece in pieces if piece.source == DECISION), key=lambda piece: -piece.at):
        yield _part(piece, 1.0 if piece == _decision(pieces) else 0.0)
    for entry in sorted(_active_entries(spared, at), key=repr):
        yield VerdictPart(
            source="spared",
            id=entry.number,
            by=entry.owner,
            weight=1.0,
            until=FOREVER if entry.until is None else entry.until,
            zh=f"列于免扰名单；凭据：{entry.proof}",
            en=f"on the spared list; proof: {entry.proof}",
        )
    for weight, piece in sorted(fused.counted, key=lambda weighted: (-weighted.weight, _sort_key(weighted.piece))):
        yield _part(piece, round(weight, 4))
    counted = {id(weighted.piece) for weighted in fused.counted}
    for piece in pieces:
        if piece.source != DECISION and id(piece) not in counted:
            yield _part(piece, 0.0)


def _part(piece: Evidence, weight: float) -> VerdictPart:
    return VerdictPart(
        source=piece.source, id=piece.id, by=piece.by, weight=weight, until=piece.until, zh=piece.zh, en=piece.en
    )
