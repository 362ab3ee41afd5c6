"""Instructions as decisions of the snapshot, which a screen enforces within a second of their being published."""

from fanzha.base.words import Words
from fanzha.claims.opinion import Opinion
from fanzha.claims.snapshot_entry import HOUR_MS
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level, VerdictScope
from fanzha.dispose._channel import Dispatch
from fanzha.dispose._instruction import Instruction, Target

DAY_MS = 24 * HOUR_MS


def decided(one: Instruction, treatment: Treatment, scope: VerdictScope, at: int) -> Dispatch:
    """Return a decision for each target, as it is given at a moment (UTC ms); ValueError for one that has ended."""
    if one.until <= at:
        raise ValueError("it has ended")
    until = _until(one, at)
    return Dispatch(
        decisions={decision_id(one, each): _opinion(one, each, treatment, scope, until) for each in one.targets}
    )


def withdrawn(one: Instruction) -> Dispatch:
    """Return the withdrawal of all decisions of an instruction: what is known beside them counts again."""
    return Dispatch(withdrawn=tuple(decision_id(one, each) for each in one.targets))


def decision_id(one: Instruction, target: Target) -> str:
    """Return the id of the decision on one target: the same each time that the leg is carried out."""
    return f"{one.leg}/{target.kind}:{target.value}"


def _until(one: Instruction, at: int) -> int:
    """Return the end that a snapshot is told, which knows full hours only and rounds down.

    What holds for a day at most, or is in its last hour, would end too soon or never act. It is told the full hour
    after its end, and withdrawn at its end.
    """
    rounded = one.until // HOUR_MS * HOUR_MS
    is_short = one.until - one.given_at <= DAY_MS or rounded <= at
    return rounded + HOUR_MS if is_short and rounded < one.until else one.until


def _opinion(one: Instruction, target: Target, treatment: Treatment, scope: VerdictScope, until: int) -> Opinion:
    words: Words = one.reason
    return Opinion(
        organisation=one.issuer,
        subject_kind=target.kind,
        subject=target.value,
        level=Level.CLEAR if treatment is Treatment.ALLOW else Level.SUSPECTED,
        given_at=one.given_at,
        until=until,
        decision=True,
        treatment=treatment,
        fraud_type=one.fraud_type,
        holder_from=target.holder_from,
        direction=scope.direction,
        service=scope.service,
        ingress=scope.ingress,
        reason_zh=words.zh,
        reason_en=words.en,
        basis=", ".join(one.basis),
        simulated=one.simulated,
    )
