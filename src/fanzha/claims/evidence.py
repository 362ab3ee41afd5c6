"""Evidence: findings, opinions and decisions in one form for fusion."""

from typing import NamedTuple

from fanzha.claims.finding import Finding, Mode, SubjectRole
from fanzha.claims.opinion import Opinion
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level, VerdictScope, verdict_scope

FINDING, OPINION, DECISION = "finding", "opinion", "decision"


class Evidence(NamedTuple):
    """One piece of evidence. `confidence` is 0–1 before trust is applied; times are UTC ms."""

    subject_kind: str
    subject: str
    source: str  # finding, opinion, decision
    by: str  # detector or organisation
    level: Level
    confidence: float
    at: int
    until: int
    scope: VerdictScope = VerdictScope()
    fraud_type: str = ""
    treatment: Treatment | None = None
    holder_from: int | None = None
    simulated: bool = False
    id: str = ""
    zh: str = ""
    en: str = ""


def evidence_from_finding(finding: Finding) -> Evidence | None:
    """Return a finding as evidence of suspicion; None if it is in shadow mode or its subject is a victim."""
    if finding.mode is not Mode.LIVE or finding.role is SubjectRole.VICTIM:
        return None
    return Evidence(
        finding.subject_kind,
        finding.subject,
        FINDING,
        finding.detector,
        Level.SUSPECTED,
        finding.score,
        finding.found_at,
        finding.valid_until,
        verdict_scope(finding.direction, finding.service, finding.ingress),
        finding.fraud_type,
        None,
        finding.holder_from,
        finding.simulated,
        finding.finding_id,
        "；".join(finding.reasons_zh),
        "; ".join(finding.reasons_en),
    )


def evidence_from_opinion(opinion: Opinion, *, reasons: bool = True) -> Evidence:
    """Return an opinion or decision as evidence; without `reasons` the id is omitted too, to save memory."""
    basis = (f"（依据：{opinion.basis}）", f" (basis: {opinion.basis})") if opinion.basis else ("", "")
    texts = (
        (opinion.opinion_id, opinion.reason_zh + basis[0], opinion.reason_en + basis[1]) if reasons else ("", "", "")
    )
    return Evidence(
        opinion.subject_kind,
        opinion.subject,
        DECISION if opinion.decision else OPINION,
        opinion.organization,
        opinion.level,
        opinion.confidence,
        opinion.given_at,
        opinion.until,
        verdict_scope(opinion.direction, opinion.service, opinion.ingress),
        opinion.fraud_type,
        opinion.treatment,
        opinion.holder_from,
        opinion.simulated,
        *texts,
    )
