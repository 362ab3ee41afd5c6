"""Instructions as decisions of the snapshot, which a screen enforces within a second of their being published."""

from fanzha.base.words import Words
from fanzha.claims.entry import HOUR_MS
from fanzha.claims.opinion import Opinion
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level, Scope
from fanzha.dispose._channel import Dispatch
from fanzha.dispose._instruction import Instruction, Target


def decided(one: Instruction, treatment: Treatment, scope: Scope, at: int) -> Dispatch:
    """Return a decision for each target; ValueError for one that ends before a snapshot can say so (full hours)."""
    if one.until // HOUR_MS * HOUR_MS <= at:
        raise ValueError("it ends within the hour: ends are rounded down to full hours")
    return Dispatch(decisions={decision_id(one, each): _opinion(one, each, treatment, scope) for each in one.targets})


def withdrawn(one: Instruction) -> Dispatch:
    """Return the withdrawal of all decisions of an instruction: what is known beside them counts again."""
    return Dispatch(withdrawn=tuple(decision_id(one, each) for each in one.targets))


def decision_id(one: Instruction, target: Target) -> str:
    """Return the id of the decision on one target: the same each time that the leg is carried out."""
    return f"{one.leg}/{target.kind}:{target.value}"


def _opinion(one: Instruction, target: Target, treatment: Treatment, scope: Scope) -> Opinion:
    words: Words = one.reason
    return Opinion(
        organisation=one.issuer,
        subject_kind=target.kind,
        subject=target.value,
        level=Level.CLEAR if treatment is Treatment.ALLOW else Level.SUSPECTED,
        given_at=one.given_at,
        until=one.until,
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
