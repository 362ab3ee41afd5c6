"""What detectors claim and how claims are carried: findings (verdicts, fusion and snapshots join later)."""

from fanzha.claims.finding import Finding, Mode, legal_basis

__all__ = ["Finding", "Mode", "legal_basis"]
