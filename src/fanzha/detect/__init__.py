"""Detectors: one module each, with worked examples that are run by the tests and shown in the docs."""

from functools import cache

from fanzha.base.plugins import load
from fanzha.detect._detector import BatchDetector, Detector, Example, Session
from fanzha.detect._rule_detector import OpenSession, RuleDetector, open_sessions, operator_rule

__all__ = [
    "BatchDetector",
    "Detector",
    "Example",
    "OpenSession",
    "RuleDetector",
    "Session",
    "all_detectors",
    "open_sessions",
    "operator_rule",
]


@cache
def all_detectors() -> dict[str, Detector]:
    """Return all detectors, built-in and installed, by name."""
    return load("fanzha.detect", "DETECTOR", Detector)
