"""Detectors: one module each, with worked examples that are run by the tests and shown in the docs."""

from collections.abc import Container
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
    "find_name",
    "open_sessions",
    "operator_rule",
]


@cache
def all_detectors() -> dict[str, Detector]:
    """Return all detectors, built-in and installed, by name."""
    return load("fanzha.detect", "DETECTOR", Detector)


def find_name(written: str, names: Container[str]) -> str:
    """Return the one of `names` that an operator wrote with underscores or with hyphens; else what was written."""
    spellings = (written, written.replace("_", "-"), written.replace("-", "_"))
    return next((name for name in spellings if name in names), written)
