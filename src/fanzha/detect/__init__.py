"""The detectors: one file each, with worked examples that the tests run and the docs show."""

from functools import cache

from fanzha.base.plugins import load
from fanzha.detect._detector import BatchDetector, Detector, Example, Session
from fanzha.detect._rule_detector import RuleDetector, own_rule
from fanzha.detect._together import Opened, open_together

__all__ = [
    "BatchDetector",
    "Detector",
    "Example",
    "Opened",
    "RuleDetector",
    "Session",
    "all_detectors",
    "open_together",
    "own_rule",
]


@cache
def all_detectors() -> dict[str, Detector]:
    """Return every detector by name."""
    return load("fanzha.detect", "DETECTOR", Detector)
