"""Values of the lets and conditions of rules at the last event they decide on, to show why a rule did not fire."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa

from fanzha.base.clock import from_ms
from fanzha.detect import RuleDetector
from fanzha.detect.rules.session import collect_lists
from fanzha.rules import Type, format_expression, infer_type
from fanzha.rules.check import expand_lets, expand_names
from fanzha.rules.engine import Fired, RuleEngine
from fanzha.rules.tree import (
    Binary,
    BooleanLiteral,
    Expression,
    NumberLiteral,
    Rule,
    SourceLocation,
    WindowExpression,
    walk,
)
from fanzha.rules.words import QUANTILES


def describe_rule_values(detector: RuleDetector, batches: Mapping[str, pa.RecordBatch]) -> str:
    """Return the values of every rule of a detector, one line a let or condition."""
    return "\n".join(line for rule in detector.file.rules for line in _describe(detector, rule, batches))


def _describe(detector: RuleDetector, rule: Rule, batches: Mapping[str, pa.RecordBatch]) -> Iterator[str]:
    lets = expand_lets(rule)
    every = [
        *((f"let {name}", node) for name, node in lets.items()),
        *((f"when {format_expression(node)}", expand_names(node, lets)) for node in _operands(rule.when)),
        *([(f"except {format_expression(rule.unless)}", expand_names(rule.unless, lets))] if rule.unless else []),
    ]
    labelled = [(label, node) for label, node in every if not _has_quantile(node)]  # has no value alone
    timed = " timer" if rule.on.wait else " tick" if rule.on.every else ""
    point = f"call still {rule.on.still}" if rule.on.still else f"{rule.on.fact}{timed}"
    last = None
    for fired in _decide_everywhere(detector, rule, [node for _, node in labelled], batches):
        last = int(fired.moments[-1]), [f"  {label}: {_format(fired, node)}" for label, node in labelled]
    if last is None:
        yield f"rule {rule.name}: there is no {point} to decide on"
    else:
        yield f"rule {rule.name} at the last {point} ({from_ms(last[0]):%Y-%m-%d %H:%M:%S} UTC):"
        yield from last[1]


def _decide_everywhere(
    detector: RuleDetector, rule: Rule, nodes: list[Expression], batches: Mapping[str, pa.RecordBatch]
) -> Iterator[Fired]:
    """Yield firings of the rule without its conditions; their evaluators know the values of `nodes`."""
    nowhere = SourceLocation()
    always = replace(rule, lets=(), when=BooleanLiteral(nowhere, True), unless=None, score=NumberLiteral(nowhere, 0.0))
    engine = RuleEngine([always], collect_lists([detector]), extra_expressions=[(rule.on.fact, node) for node in nodes])
    for table, batch in batches.items():
        if table in engine.tables:
            engine.take(table, batch)
    yield from engine.finish()


def _has_quantile(node: Expression) -> bool:
    return any(isinstance(part, WindowExpression) and part.what in QUANTILES for part in walk(node))


def _operands(node: Expression) -> Iterator[Expression]:
    """Yield the operands of nested `and`."""
    if isinstance(node, Binary) and node.operator == "and":
        yield from _operands(node.left)
        yield from _operands(node.right)
    else:
        yield node


def _format(fired: Fired, node: Expression) -> str:
    """Return the value of an expression at the last of the firings."""
    if fired.at.is_truth(node):
        return "true" if fired.at.true(node)[-1] else "false" if fired.at.false(node)[-1] else "not known"
    if fired.at.is_text(node):
        text = fired.stretch.codes.text(int(fired.at.whole(node)[-1]))
        return "not known" if text is None else f'"{text}"'
    number = float(fired.at.numbers(node)[-1])
    if np.isnan(number):
        return "not known"
    match infer_type(node, fired.rule.on.fact):
        case Type.DURATION:
            return f"{number / 1000:g} s"
        case Type.MOMENT:
            return f"{from_ms(int(number)):%Y-%m-%d %H:%M:%S} UTC"
    return f"{number:g}"
