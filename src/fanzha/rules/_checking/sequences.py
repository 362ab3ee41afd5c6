"""Write ordered sequences of facts as counts, so that every evaluator reads windows alone."""

from dataclasses import replace

from fanzha.rules.tree import After, Binary, Expression, NumberLiteral, WindowExpression


def expand_after(node: After) -> Expression:
    """Return a sequence as a condition on nested counts: of its last step those facts before which the others lie."""
    reached = _is_any(node.steps[0])
    for step in node.steps[1:]:
        where = reached if step.where is None else Binary(step.location, "and", step.where, reached)
        reached = _is_any(replace(step, where=where))
    return reached


def expand_absent(absent: WindowExpression) -> Expression:
    """Return the condition that none of the facts that must not follow has followed by the end of the wait."""
    return Binary(absent.location, "=", absent, _zero(absent))


def _is_any(step: WindowExpression) -> Expression:
    return Binary(step.location, ">", step, _zero(step))


def _zero(window: WindowExpression) -> NumberLiteral:
    return NumberLiteral(window.location, 0.0, written="0")
