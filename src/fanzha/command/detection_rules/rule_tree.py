"""A rule as people read it: when it looks, the tree of its conditions in words, its points, and what it finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from fanzha.base.words import Words
from fanzha.command.web.i18n import localize

if TYPE_CHECKING:
    from fanzha.rules.tree import Expression, Points, Rule

_SIGNS = {">=": "≥", "<=": "≤", "!=": "≠"}


class RuleCondition(NamedTuple):
    """One condition in words, or a heading over others (`join`); `points` is its weight where conditions are summed."""

    words: str
    join: str = ""
    parts: Sequence[RuleCondition] = ()
    points: str = ""


class RuleReading(NamedTuple):
    """One rule of a text: its title, sentence, when it looks, what must hold, what excepts, and what it finds.

    `score_is_above` says that the score is a sum of points that the conditions name already.
    """

    name: str
    title: str
    decides: str
    when: RuleCondition
    unless: RuleCondition | None
    score: RuleCondition
    score_is_above: bool
    finds: str
    fraud: str
    again: str


def read_rules(text: str) -> list[RuleReading]:
    """Return the rules of a text in words; nothing for a text of another grammar or with mistakes."""
    from fanzha.claims.fraud_type import FRAUD_TYPES
    from fanzha.rules import RuleError, check, parse
    from fanzha.store.lists import load_lists

    try:
        rules = check(parse(text), lists=load_lists(), fraud_types=FRAUD_TYPES).rules if text else ()
    except RuleError:
        return []
    return [_read(rule) for rule in rules]


def _read(rule: Rule) -> RuleReading:
    from fanzha.base.fraud_types import FRAUD_TYPES
    from fanzha.rules.describe import describe, subject_words
    from fanzha.rules.tree import Points, walk
    from fanzha.rules.window_words import span_words

    fact = rule.on.fact
    return RuleReading(
        rule.name,
        localize(Words(rule.title.zh or rule.name, rule.title.en or rule.name)),
        localize(describe(rule).decides),
        _condition(rule.when, fact),
        None if rule.unless is None else _condition(rule.unless, fact),
        _condition(rule.score, fact),
        isinstance(rule.score, Points) and any(part == rule.score for part in walk(rule.when)),
        localize(subject_words(rule)),
        localize(FRAUD_TYPES.get(rule.fraud_type, Words(rule.fraud_type, rule.fraud_type))),
        localize(span_words(rule.again_after)),
    )


def _condition(node: Expression, fact: str) -> RuleCondition:
    from fanzha.rules.tree import Binary, Points, Unary
    from fanzha.rules.words import COMPARISONS

    match node:
        case Binary(operator="and" | "or" as operator):
            join = _("all of these") if operator == "and" else _("any of these")
            return RuleCondition("", join, tuple(_condition(part, fact) for part in _flatten(node, operator)))
        case Binary(operator=operator, left=Points() as points) if operator in COMPARISONS:
            words = f"{_SIGNS.get(operator, operator)} {_words(node.right, fact)}"
            return RuleCondition(
                "", _("the points of what holds add up to %(limit)s") % {"limit": words}, _terms(points, fact)
            )
        case Points():
            return RuleCondition("", _("the sum of the points of what holds"), _terms(node, fact))
        case Unary(operator="not", operand=operand):
            return RuleCondition("", _("not"), (_condition(operand, fact),))
        case Binary(operator=operator) if operator in COMPARISONS:
            sign = _SIGNS.get(operator, operator)
            return RuleCondition(f"{_words(node.left, fact)} {sign} {_words(node.right, fact)}")
    return RuleCondition(_words(node, fact))


def _terms(points: Points, fact: str) -> tuple[RuleCondition, ...]:
    return tuple(
        _condition(condition, fact)._replace(points=_words(weight, fact)) for weight, condition in points.terms
    )


def _flatten(node: Expression, operator: str) -> Iterator[Expression]:
    from fanzha.rules.tree import Binary

    if isinstance(node, Binary) and node.operator == operator:
        yield from _flatten(node.left, operator)
        yield from _flatten(node.right, operator)
    else:
        yield node


def _words(node: Expression, fact: str) -> str:
    """Return an expression in words, without the brackets that a window has within others."""
    from fanzha.rules.tree import WindowExpression
    from fanzha.rules.window_words import expression_words, window_words

    return localize(window_words(node) if isinstance(node, WindowExpression) else expression_words(node, fact))
