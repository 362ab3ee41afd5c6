"""The detectors: one file each, with worked examples that the tests run and the docs show."""

from functools import cache

from fanzha.base.plugins import load
from fanzha.detect._detector import BatchDetector, Detector, Example, Session

__all__ = ["BatchDetector", "Detector", "Example", "Session", "all_detectors"]


@cache
def all_detectors() -> dict[str, Detector]:
    """Return every detector by name."""
    return load("fanzha.detect", "DETECTOR", Detector)
