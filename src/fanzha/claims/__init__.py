"""What detectors and organisations claim, what is fused of it, and how it is carried: findings, verdicts, snapshots."""

from fanzha.claims.finding import Finding, Mode, legal_basis

__all__ = ["Finding", "Mode", "legal_basis"]
