"""Combine the evidence about a call into a decision: the hardest treatment that the enforcement steps allow."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from fanzha.claims.treatment import TREATMENTS, Treatment
from fanzha.claims.verdict import Level
from fanzha.detect.gateway.reasons import GatewayReason as Ruled
from fanzha.screen import reasons
from fanzha.screen.decision import Decision
from fanzha.screen.enforcement import TrunkEnforcement, cap_treatment, hardest_allowed
from fanzha.screen.settings import EnforcementStep

_ORDER = {treatment: rank for rank, treatment in enumerate(TREATMENTS)}
_ALLOWED = Decision(Treatment.ALLOW)

RuleHit = tuple[str, Treatment, float]  # a rule's name, treatment and score


class CallEvidence(NamedTuple):
    """Results of gateway guard, lists and rules for one call."""

    from_abroad: bool  # whether the call is from abroad
    country: str  # ISO 3166 code of the caller's number, "" for domestic calls
    guard_reason: int = Ruled.NONE
    unproven: Treatment = Treatment.LABEL  # treatment of unproven roamers
    callee_costs: bool = False
    level: Level = Level.CLEAR  # verdict level of the caller's number
    treatment: Treatment = Treatment.ALLOW  # treatment of that verdict
    callee_suspected: bool = False
    inbound_only: bool = False
    diverting_suspected: bool = False
    claims_protected: bool = False
    rule_hits: tuple[RuleHit, ...] = ()
    roaming: str = ""  # of a home mobile number from abroad: proven, disproven, unproven
    failed_signature: Treatment = Treatment.ALLOW  # treatment of a signature that failed verification
    overseas_choice: str = ""  # what the callee chose for calls from abroad: refuse, announce


class _Proposal(NamedTuple):
    """The treatment that one source proposes."""

    code: str
    treatment: Treatment
    score: float
    step: EnforcementStep


@lru_cache(maxsize=4_096)
def combine_evidence(evidence: CallEvidence, enforcement: TrunkEnforcement, in_share: bool) -> Decision:
    """Return the decision on a call in or outside the trunk's enforced share; cached, as most calls repeat."""
    proposals = tuple(_proposals(evidence, enforcement))
    if not proposals:
        return _ALLOWED
    treatment, meant = Treatment.ALLOW, Treatment.ALLOW
    for proposal in proposals:
        allowed = cap_treatment(proposal.treatment, hardest_allowed(proposal.step, in_share))
        treatment = allowed if _ORDER[allowed] > _ORDER[treatment] else treatment
        meant = proposal.treatment if _ORDER[proposal.treatment] > _ORDER[meant] else meant
    weightiest = sorted(proposals, key=lambda proposal: (-_ORDER[proposal.treatment], -proposal.score))
    score = max(proposal.score for proposal in proposals)
    codes = tuple(proposal.code for proposal in weightiest)
    return Decision(treatment, codes, score, meant, evidence.country, roaming=evidence.roaming)


def _proposals(evidence: CallEvidence, enforcement: TrunkEnforcement) -> Iterator[_Proposal]:
    if evidence.from_abroad:
        yield _propose(reasons.FROM_ABROAD, enforcement.label)
    if evidence.overseas_choice:
        # The callee asked for it, so that a share of the calls is not enough.
        step = EnforcementStep.REFUSE if enforcement.lists is EnforcementStep.SHARE else enforcement.lists
        is_refused = evidence.overseas_choice == "refuse"
        yield _propose(reasons.OVERSEAS_REFUSED if is_refused else reasons.OVERSEAS_ANNOUNCED, step)
    if evidence.callee_costs:
        yield _propose(reasons.CALLEE_COSTS, enforcement.guard)
    if evidence.guard_reason:
        proposal = _propose(reasons.guard_code(evidence.guard_reason), enforcement.guard)
        yield (
            proposal._replace(treatment=evidence.unproven)
            if evidence.guard_reason == Ruled.MOBILE_UNPROVEN
            else proposal
        )
    if evidence.claims_protected:
        yield _propose(reasons.PROTECTED, enforcement.guard)
    if evidence.failed_signature is not Treatment.ALLOW:
        yield _propose(reasons.SIGNATURE_FAILED, enforcement.guard)._replace(treatment=evidence.failed_signature)
    if evidence.level is not Level.CLEAR:
        code = reasons.SUSPECTED if evidence.level is Level.SUSPECTED else reasons.WATCHED
        yield _propose(code, enforcement.lists)._replace(treatment=evidence.treatment)
    if evidence.callee_suspected:
        yield _propose(reasons.CALLEE_SUSPECTED, enforcement.lists)
    if evidence.diverting_suspected:
        yield _propose(reasons.DIVERTING_SUSPECTED, enforcement.lists)
    if evidence.inbound_only:
        yield _propose(reasons.DO_NOT_ORIGINATE, enforcement.lists)
    for name, treatment, score in evidence.rule_hits:
        yield _Proposal(f"{reasons.RULE}:{name}", treatment, score, enforcement.rules)


def _propose(code: str, step: EnforcementStep) -> _Proposal:
    reason = reasons.REASONS[code]
    return _Proposal(code, reason.meant, reason.score, step)
