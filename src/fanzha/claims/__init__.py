"""Findings of detectors, opinions of organisations, the verdicts fused from them, and snapshots that carry verdicts."""

from fanzha.claims.finding import Finding, Mode, legal_basis

__all__ = ["Finding", "Mode", "legal_basis"]
