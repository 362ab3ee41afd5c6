"""Findings, opinions and decisions on a subject become one verdict a scope: pure, explained, the same in any order.

Evidence adds up (handbook §12.10): suspicion is 1 − ∏(1 − weight) over detectors and organisations, each once by its
weightiest piece, times ∏(1 − weight) over those that say "clear". A weight is how sure the piece is times the trust in
its source. A decision outranks all evidence before it; a spared number is clear until somebody decides otherwise.
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
    organisation: str
    counted: tuple[_WeightedEvidence, ...]


def fuse(
    evidence: Iterable[Evidence], at: int, policy: Policy, spared: Mapping[str, Sequence[AllowlistEntry]] | None = None
) -> Iterator[Verdict]:
    """Yield the verdicts of all subjects at a moment (UTC ms), by kind and value, a subject's widest scope first.

    `spared` are the entries of the spared list by number. Nothing is yielded of subjects without evidence in force.
    """
    known: dict[tuple[str, str], list[Evidence]] = {}
    for piece in evidence:
        known.setdefault(_subject(piece), []).append(piece)
    for (kind, value), pieces in sorted(known.items()) if len(known) > 1 else known.items():
        entries = spared.get(value, ()) if spared and kind == NUMBER else ()
        yield from fuse_subject(pieces, at, policy, entries)


def _subject(piece: Evidence) -> tuple[str, str]:
    kind = NUMBER if piece.subject_kind == "short_code" else piece.subject_kind
    return kind, piece.subject


def fuse_subject(
    pieces: Sequence[Evidence], at: int, policy: Policy, spared: Sequence[AllowlistEntry] = ()
) -> list[Verdict]:
    """Return the verdicts of one subject, one a scope; scopes that say no more than a wider one are left out."""
    known = _in_force(_deduplicate(pieces), at)
    scopes = {piece.scope for piece in known}
    if len(scopes) == 1:
        return [_verdict(known, known[0].scope, at, policy, spared)]
    found: list[Verdict] = []
    for scope in sorted(scopes, key=lambda one: (-one.width, one)):
        verdict = _verdict([piece for piece in known if piece.scope.covers(scope)], scope, at, policy, spared)
        if not any(other.scope.covers(scope) and _is_equivalent(other, verdict) for other in found):
            found.append(verdict)
    return found


class _TieBreaker:
    """All else that a piece says, for pieces that nothing else tells apart: written out only where two are compared."""

    __slots__ = ("_piece",)

    def __init__(self, piece: Evidence) -> None:
        self._piece = piece

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _TieBreaker) and self._piece == other._piece

    def __lt__(self, other: "_TieBreaker") -> bool:
        return repr(self._piece) < repr(other._piece)

    __hash__ = None  # type: ignore[assignment]


def _deduplicate(pieces: Sequence[Evidence]) -> list[Evidence]:
    """Return each piece once, in one order."""
    if len(pieces) == 1:
        return list(pieces)
    return [piece for piece, _ in groupby(sorted(pieces, key=_sort_key))]


def _sort_key(piece: Evidence) -> tuple[str, str, int, str, _TieBreaker]:
    return piece.source, piece.by, piece.at, piece.id, _TieBreaker(piece)


def _is_equivalent(one: Verdict, other: Verdict) -> bool:
    return (one.level, one.treatment, one.fraud_type, one.until) == (
        other.level,
        other.treatment,
        other.fraud_type,
        other.until,
    )


def _in_force(pieces: Sequence[Evidence], at: int) -> list[Evidence]:
    """Return what counts at a moment: of the present holder, real rather than made up, not replaced, not decided on."""
    begun = [piece for piece in pieces if piece.at <= at]
    holder = max((piece.holder_from for piece in begun if piece.holder_from is not None), default=None)
    if holder is not None:
        begun = [one for one in begun if one.holder_from == holder or (one.holder_from is None and one.at >= holder)]
    if any(not piece.simulated for piece in begun):
        begun = [piece for piece in begun if not piece.simulated]
    if all(piece.source == FINDING for piece in begun):
        return [piece for piece in begun if at < piece.until]
    latest = {(one.source, one.by, one.scope): one.at for one in sorted(begun, key=lambda one: one.at)}
    return [
        one
        for one in begun
        if at < one.until and (one.source == FINDING or one.at == latest[one.source, one.by, one.scope])
    ]


def _verdict(
    pieces: Sequence[Evidence], scope: VerdictScope, at: int, policy: Policy, spared: Sequence[AllowlistEntry]
) -> Verdict:
    fused = _fuse_pieces(pieces, at, policy, spared)
    one = pieces[0]
    return Verdict(
        subject_kind=_subject(one)[0],
        subject=one.subject,
        holder_from=max((piece.holder_from for piece in pieces if piece.holder_from is not None), default=None),
        scope=scope,
        level=fused.level,
        score=round(fused.score, 4),
        fraud_type=fused.fraud_type,
        treatment=fused.treatment,
        until=_next_change(pieces, fused, at, policy, spared),
        organisation=fused.organisation,
        simulated=one.simulated,
        why=tuple(_contributions(fused, pieces, at, spared)),
    )


def _next_change(
    pieces: Sequence[Evidence], now: _FusionResult, at: int, policy: Policy, spared: Sequence[AllowlistEntry]
) -> int:
    """Return the first moment when what is in force now says something else by itself."""
    ends = {piece.until for piece in pieces} | {one.until for one in spared if one.until is not None}
    for end in sorted(one for one in ends if one > at):
        left = [piece for piece in pieces if end < piece.until]
        if not left:
            return end
        then = _fuse_pieces(left, end, policy, spared)
        if then[0] is not now[0] or then[2:4] != now[2:4]:
            return end
    return FOREVER


def _fuse_pieces(
    pieces: Sequence[Evidence], at: int, policy: Policy, spared: Sequence[AllowlistEntry]
) -> _FusionResult:
    """Weigh pieces that are all in force."""
    decision = _decision(pieces)
    since = decision.at if decision else None
    automatic = not _active_entries(spared, at)
    weighed = _weigh([one for one in pieces if automatic and one.source != DECISION and _is_newer(one, since)], policy)
    score = _score(weighed)
    level = policy.level(score)
    if decision and LEVELS.index(decision.level) >= LEVELS.index(level):
        asked = decision.treatment or policy.treatment(decision.level)
        sure = 0.0 if decision.level is Level.CLEAR else max(score, decision.confidence)
        kind = decision.fraud_type or _fraud_type(weighed)
        return _FusionResult(decision.level, sure, kind, asked, decision.by, weighed)
    kind = _fraud_type(weighed) if level is not Level.CLEAR else ""
    asked = decision.treatment if decision and decision.treatment else Treatment.ALLOW
    return _FusionResult(level, score, kind, stricter(asked, policy.treatment(level)), policy.organisation, weighed)


def _is_newer(piece: Evidence, since: int | None) -> bool:
    return since is None or piece.at > since


def _decision(pieces: Sequence[Evidence]) -> Evidence | None:
    """Return the latest decision; of two at one moment the milder, for the person concerned."""
    decided = [piece for piece in pieces if piece.source == DECISION]
    if not decided:
        return None
    return min(decided, key=lambda one: (-one.at, LEVELS.index(one.level), _mildness(one), _sort_key(one)))


def _mildness(piece: Evidence) -> int:
    return TREATMENTS.index(piece.treatment) if piece.treatment else 0


def _active_entries(spared: Sequence[AllowlistEntry], at: int) -> list[AllowlistEntry]:
    return [one for one in spared if one.until is None or at < one.until]


def _weigh(pieces: Sequence[Evidence], policy: Policy) -> tuple[_WeightedEvidence, ...]:
    """Return the weightiest piece of each source for and against, in one order."""
    best: dict[tuple[str, str, bool], _WeightedEvidence] = {}
    for piece in pieces:
        key = piece.source, piece.by, piece.level is Level.CLEAR
        one = _WeightedEvidence(piece.confidence * policy.trust_in(piece.source, piece.by), piece)
        held = best.get(key)
        if held is None or held.weight < one.weight or (held.weight == one.weight and _sorts_first(one, held)):
            best[key] = one
    return tuple(best[key] for key in sorted(best))


def _sorts_first(one: _WeightedEvidence, other: _WeightedEvidence) -> bool:
    return _sort_key(other.piece) < _sort_key(one.piece)


def _score(weighed: Sequence[_WeightedEvidence]) -> float:
    """Multiply in the order of the weights, so that no name decides the last digit; 0.8 alone is 0.8."""
    against = sorted(1 - one.weight for one in weighed if one.piece.level is not Level.CLEAR)
    clear = sorted(1 - one.weight for one in weighed if one.piece.level is Level.CLEAR)
    return round((1 - prod(against)) * prod(clear), 9)


def _fraud_type(weighed: Sequence[_WeightedEvidence]) -> str:
    """Return the type with the most weight behind it; of equals the first by name."""
    if len(weighed) == 1:
        (one,) = weighed
        return one.piece.fraud_type if one.piece.level is not Level.CLEAR else ""
    weights: dict[str, list[float]] = {}
    for one in weighed:
        if one.piece.fraud_type and one.piece.level is not Level.CLEAR:
            weights.setdefault(one.piece.fraud_type, []).append(one.weight)
    return min(weights, key=lambda name: (-sum(sorted(weights[name])), name), default="")


def _contributions(
    fused: _FusionResult, pieces: Sequence[Evidence], at: int, spared: Sequence[AllowlistEntry]
) -> Iterator[VerdictPart]:
    """Yield what the verdict rests on: decisions and spared entries, then by weight; what was overruled weighs 0."""
    for piece in sorted((one for one in pieces if one.source == DECISION), key=lambda one: -one.at):
        yield _part(piece, 1.0 if piece == _decision(pieces) else 0.0)
    for one in sorted(_active_entries(spared, at), key=repr):
        yield VerdictPart(
            source="spared",
            id=one.number,
            by=one.owner,
            weight=1.0,
            until=FOREVER if one.until is None else one.until,
            zh=f"列于免扰名单；凭据：{one.proof}",
            en=f"on the spared list; proof: {one.proof}",
        )
    for weight, piece in sorted(fused.counted, key=lambda one: (-one.weight, _sort_key(one.piece))):
        yield _part(piece, round(weight, 4))
    counted = {id(one.piece) for one in fused.counted}
    for piece in pieces:
        if piece.source != DECISION and id(piece) not in counted:
            yield _part(piece, 0.0)


def _part(piece: Evidence, weight: float) -> VerdictPart:
    return VerdictPart(
        source=piece.source, id=piece.id, by=piece.by, weight=weight, until=piece.until, zh=piece.zh, en=piece.en
    )
