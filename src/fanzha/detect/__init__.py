"""Detectors: one module each, with worked examples that are run by the tests and shown in the docs."""

from collections.abc import Container
from functools import cache

from fanzha.base.plugins import PluginFault, load
from fanzha.base.words import Words
from fanzha.detect._detector import BatchDetector, Detector, Example, Session
from fanzha.detect._rule_detector import OpenSession, RuleDetector, open_sessions, operator_rule
from fanzha.events import all_events
from fanzha.rules import RuleError

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
    """Return all detectors, built-in and installed, by name. Raise PluginError if one is faulty."""
    return load("fanzha.detect", "DETECTOR", Detector, _validate)


def _validate(detector: Detector) -> None:
    """Raise PluginFault if a detector reads an unknown table or has a rule that does not pass the checks."""
    for name, type_ in (("tells", Words), ("title", Words), ("law", tuple), ("examples", tuple)):
        if not isinstance(getattr(detector, name), type_):
            raise PluginFault(
                Words(f"`{name}` 须为 {type_.__name__}", f"`{name}` must be a {type_.__name__}"),
                Words(f"写 {name} = {type_.__name__}(…)", f"write {name} = {type_.__name__}(…)"),
            )
    if unknown := sorted(set(detector.reads) - set(all_events())):
        raise PluginFault(
            Words(f"没有事件表 {unknown[0]}", f"there is no event table {unknown[0]}"),
            Words(f"可用：{', '.join(all_events())}", f"choose from: {', '.join(all_events())}"),
        )
    if isinstance(detector, RuleDetector):
        try:
            _ = detector.rules
        except RuleError as error:
            raise PluginFault(
                Words("规则文本有误", "its rule text is not valid"),
                Words("更正规则文本", "correct the rule text"),
                str(error),
            ) from error


def find_name(written: str, names: Container[str]) -> str:
    """Return the one of `names` that an operator wrote with underscores or with hyphens; else what was written."""
    spellings = (written, written.replace("_", "-"), written.replace("-", "_"))
    return next((name for name in spellings if name in names), written)
