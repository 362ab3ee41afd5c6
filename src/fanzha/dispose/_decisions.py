"""Instructions as snapshot decisions, which screens enforce within a second of publication."""

from fanzha.base.words import Words
from fanzha.claims.opinion import Opinion
from fanzha.claims.snapshot_entry import HOUR_MS
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level, VerdictScope
from fanzha.dispose._channel import Dispatch
from fanzha.dispose._instruction import Instruction, Target

DAY_MS = 24 * HOUR_MS


def build_decisions(instruction: Instruction, treatment: Treatment, scope: VerdictScope, at: int) -> Dispatch:
    """Return a decision for each target at `at` (UTC ms); raise ValueError if the instruction has ended."""
    if instruction.until <= at:
        raise ValueError("it has ended")
    until = _until(instruction, at)
    return Dispatch(
        decisions={
            decision_id(instruction, target): _opinion(instruction, target, treatment, scope, until)
            for target in instruction.targets
        }
    )


def build_withdrawal(instruction: Instruction) -> Dispatch:
    """Return the withdrawal of all decisions of an instruction; other evidence counts again."""
    return Dispatch(withdrawn=tuple(decision_id(instruction, target) for target in instruction.targets))


def decision_id(instruction: Instruction, target: Target) -> str:
    """Return the id of the decision on one target, which is the same for every execution of the leg."""
    return f"{instruction.leg}/{target.kind}:{target.value}"


def _until(instruction: Instruction, at: int) -> int:
    """Return the end for the snapshot, which rounds down to full hours.

    Decisions of at most one day, or in their last hour, would end too early or have no effect. They get the next full
    hour and are withdrawn at their end.
    """
    rounded = instruction.until // HOUR_MS * HOUR_MS
    is_short = instruction.until - instruction.given_at <= DAY_MS or rounded <= at
    return rounded + HOUR_MS if is_short and rounded < instruction.until else instruction.until


def _opinion(
    instruction: Instruction, target: Target, treatment: Treatment, scope: VerdictScope, until: int
) -> Opinion:
    reason: Words = instruction.reason
    return Opinion(
        organization=instruction.issuer,
        subject_kind=target.kind,
        subject=target.value,
        level=Level.CLEAR if treatment is Treatment.ALLOW else Level.SUSPECTED,
        given_at=instruction.given_at,
        until=until,
        decision=True,
        treatment=treatment,
        fraud_type=instruction.fraud_type,
        holder_from=target.holder_from,
        direction=scope.direction,
        service=scope.service,
        ingress=scope.ingress,
        reason_zh=reason.zh,
        reason_en=reason.en,
        basis=", ".join(instruction.basis),
        simulated=instruction.simulated,
    )
