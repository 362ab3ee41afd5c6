"""Scopes: a name refers to the present fact outside a window and to the selected fact inside."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fanzha.rules._diagnostics import grammar, names, types
from fanzha.rules._reading.foreign_words import NOTHING, WORDS_AS_FIELDS
from fanzha.rules.catalog import FACTS, FieldFact, find_alias, later
from fanzha.rules.diagnostics import DiagnosticCollector, nearest
from fanzha.rules.tree import Expression, FieldReference, Name, Type, WindowExpression, walk


@dataclass(frozen=True)
class ExpressionInfo:
    """The type of an expression, and the allowed values of a text if they are a closed list."""

    type: Type
    values: tuple[str, ...] | None = None


@dataclass(frozen=True)
class LetBinding:
    """Type and properties of a let."""

    info: ExpressionInfo | None  # None if it is invalid
    constant: bool  # has the same value for every fact
    windowed: bool = False  # contains a window
    plain: bool = False  # may be used in a key


@dataclass(frozen=True)
class RuleScope:
    """The scope of an expression."""

    fact: str  # whose fields are read
    lets: Mapping[str, LetBinding]
    later: frozenset[str] = frozenset()  # lets that are assigned further down
    outside: str = ""  # the fact that evaluates the window; "" outside a window
    in_key: bool = False
    ranks: bool = False  # whether rank() may stand here: the rule decides by the clock

    def selected(self, source: str) -> "RuleScope":
        """Return the scope inside a window over a source."""
        return replace(self, fact=source, outside=self.fact, ranks=False)


def is_constant(node: Expression, lets: Mapping[str, LetBinding]) -> bool:
    """Return whether an expression reads no fact."""
    return not any(
        isinstance(part, FieldReference | WindowExpression) or (isinstance(part, Name) and not lets[part.name].constant)
        for part in walk(node)
    )


def has_window(node: Expression, lets: Mapping[str, LetBinding]) -> bool:
    """Return whether an expression contains a window, directly or through its lets."""
    return any(
        isinstance(part, WindowExpression) or (isinstance(part, Name) and lets[part.name].windowed)
        for part in walk(node)
    )


def resolve_field(node: FieldReference, scope: RuleScope, mistakes: DiagnosticCollector) -> ExpressionInfo | None:
    """Return the type of a field, None if the fact has no such field."""
    field_fact = FACTS[scope.fact].get(node.name)
    if field_fact is None:
        _unknown(node, scope, mistakes)
        return None
    return field_info(field_fact)


def field_info(field_fact: FieldFact) -> ExpressionInfo:
    """Return the type of a field of the catalog."""
    return ExpressionInfo(field_fact.type, field_fact.values or None)


def resolve_let(node: Name, scope: RuleScope, mistakes: DiagnosticCollector) -> ExpressionInfo | None:
    """Return the type of a let; inside a window only constant lets are valid."""
    let = scope.lets[node.name]
    if scope.outside and not let.constant:
        mistakes.add(names.LET_IN_WINDOW, node.location, name=node.name)
        return None
    if scope.in_key and let.windowed:
        mistakes.add(types.WINDOW_IN_KEY, node.location)
        return None
    return let.info


def _unknown(node: FieldReference, scope: RuleScope, mistakes: DiagnosticCollector) -> None:
    """Add a diagnostic for an unknown name, with the likely correction."""
    fact, name = scope.fact, node.name
    if name in scope.later:
        mistakes.add(names.LATER_LET, node.location, name=name)
    elif name in NOTHING:
        mistakes.add(grammar.OTHER_WORD, node.location, word=name, right="x is not known")
    elif later_fact := later(fact, name):
        mistakes.add(names.NOT_YET_KNOWN, node.location, name=name, fact=fact, later=later_fact[0])
    elif scope.outside and name in FACTS[scope.outside]:
        mistakes.add(names.OF_THE_PRESENT, node.location, name=name, fact=fact)
    elif right := WORDS_AS_FIELDS.get(name) or find_alias(name, (fact,)):
        fix = {"nearest_zh": f"改写为 {right}", "nearest_en": f"write {right}"}
        mistakes.add(names.UNKNOWN_FIELD, node.location, name=name, fact=fact, **fix)
    else:
        near = nearest(name, (*FACTS[fact], *scope.lets))
        mistakes.add(names.UNKNOWN_FIELD, node.location, name=name, fact=fact, nearest_zh=near.zh, nearest_en=near.en)
