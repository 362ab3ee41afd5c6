"""Check rules that decide by the clock: the span, the keys, and that there are windows to look at."""

from dataclasses import replace

from fanzha.rules._checking.scope import RuleScope, resolve_field
from fanzha.rules._diagnostics import limits
from fanzha.rules.diagnostics import DiagnosticCollector
from fanzha.rules.tree import FieldReference, Rule, WindowExpression, walk
from fanzha.rules.words import MOST_KEYS, UNITS


def check_clock(rule: Rule, mistakes: DiagnosticCollector) -> None:
    """Add a diagnostic for a span that is no part of a day, an unknown key, and a rule without windows."""
    on, location = rule.on, rule.location_of("on")
    if not UNITS["min"] <= on.every <= UNITS["day"] or UNITS["day"] % on.every:
        mistakes.add(limits.CLOCK_SPAN, location)
    if len(on.keys) > MOST_KEYS:
        mistakes.add(limits.MANY_KEYS, location, most=MOST_KEYS)
    for name in on.keys:
        resolve_field(FieldReference(location, name), RuleScope(on.fact, {}), mistakes)
    nodes = [rule.when, rule.score, *([rule.unless] if rule.unless else []), *(node for _, node in rule.lets)]
    if not any(isinstance(part, WindowExpression) for node in nodes for part in walk(node)):
        mistakes.add(limits.CLOCK_WITHOUT_WINDOW, location)


def add_longest_window(rule: Rule) -> Rule:
    """Return a rule with expanded lets whose clock knows the longest window; other rules unchanged."""
    if not rule.on.every:
        return rule
    nodes = [rule.when, rule.score, *([rule.unless] if rule.unless else [])]
    windows = [part for node in nodes for part in walk(node) if isinstance(part, WindowExpression)]
    longest = max((max(window.span, window.against) for window in windows), default=UNITS["day"])
    return replace(rule, on=replace(rule.on, within=longest))
