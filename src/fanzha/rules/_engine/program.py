"""Compile a set of rules: base columns of each table, windows in order of dependence, waits."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, reduce
from typing import Any

from fanzha.rules._engine.base_columns import base_field, is_base
from fanzha.rules._engine.event_ids import PARTIES
from fanzha.rules._engine.fact_codes import ROLES, fact_code, number_points
from fanzha.rules.catalog import FACTS, PROFILE_TABLE
from fanzha.rules.expression_key import expression_key
from fanzha.rules.tree import (
    Binary,
    DecisionPoint,
    Expression,
    FieldReference,
    FunctionCall,
    Member,
    Rank,
    Rule,
    SourceLocation,
    TextLiteral,
    WindowExpression,
    children,
    conjuncts,
    walk,
)
from fanzha.rules.window_specs import Lowered, expand_surge, lower
from fanzha.windows import WindowSpec

#: Columns of the trigger event that a finding reports; a wait stores them.
ENVELOPE = ("event_id", "simulated", "basis", "call_id")
_WAY_IN = ("caller", "sender", "proven_caller", "trunk", "ingress")


@dataclass
class ProgramLevel:
    """Windows that can be computed together; `selected` are the columns they need first, by table."""

    asking_kinds: dict[WindowSpec, set[int]] = field(default_factory=dict)
    selected: dict[str, dict[str, Expression]] = field(default_factory=dict)  # table -> canonical text -> expression
    present: dict[DecisionPoint, dict[str, Expression]] = field(default_factory=dict)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that the windows read; complete once all windows are added."""
        names = [name for spec in self.asking_kinds for name in spec.columns]
        return tuple(dict.fromkeys(filter(None, names)))


@dataclass
class Program:
    """A compiled set of rules; the order of all parts depends on the rules alone."""

    rules: tuple[Rule, ...]
    bases: dict[str, dict[str, Expression]] = field(default_factory=dict)  # fact -> canonical text -> base column
    chosen: dict[str, dict[str, tuple[str, str, str]]] = field(default_factory=dict)  # fact -> name -> names of _Choice
    levels: list[ProgramLevel] = field(default_factory=list)

    @property
    def points(self) -> list[DecisionPoint]:
        """The decision points, each once, in the order of the rules."""
        return list({rule.on.moment: None for rule in self.rules})

    @property
    def waits(self) -> list[DecisionPoint]:
        """The decision points that are waits for a call."""
        return [point for point in self.points if point.still]

    @property
    def timers(self) -> list[DecisionPoint]:
        """The decision points that are waits after a fact that another may follow."""
        return [point for point in self.points if point.wait and not point.still]

    @property
    def clocks(self) -> list[DecisionPoint]:
        """The decision points that are ticks of a clock."""
        return [point for point in self.points if point.every]

    @cached_property
    def _point_codes(self) -> dict[DecisionPoint, int]:
        return number_points(point for point in self.points if point.wait or point.every)

    def point_code(self, point: DecisionPoint) -> int:
        """Return the kind code of a decision point: that of its table, or a code of its own for a wait or a clock."""
        return self._point_codes[point] if point.wait or point.every else fact_code(point.fact)

    @property
    def tables(self) -> tuple[str, ...]:
        """The event tables that are read; of calls all tables, since their facts are joined."""
        needed = set(self.bases) | ({PROFILE_TABLE} if self.profile_fields else set())
        return tuple(sorted(needed | set(ROLES) if needed & set(ROLES) else needed))

    @cached_property
    def profile_fields(self) -> tuple[str, ...]:
        """The fields of registrations that `profile(number, FIELD)` reads; complete once compiled."""
        parts = (part for nodes in self.bases.values() for node in nodes.values() for part in walk(node))
        calls = (part for part in parts if isinstance(part, FunctionCall) and part.function == "profile")
        return tuple(sorted({call.column for call in calls}))

    @property
    def longest(self) -> int:
        """The longest span of any window, in ms."""
        return max((spec.span for level in self.levels for spec in level.asking_kinds), default=0)


def program(rules: Sequence[Rule], extra_expressions: Sequence[tuple[str, Expression]] = ()) -> Program:
    """Compile checked rules whose lets are expanded. Equal rules share the compiled program, which must not be changed.

    `extra_expressions` are computed at each fact that a rule decides on, although no rule uses them.
    """
    compiled = _compile(tuple(rules), tuple(extra_expressions))
    return replace(compiled, rules=tuple(rules))  # those of the caller, who may know equal ones apart


@lru_cache(32)
def _compile(rules: tuple[Rule, ...], extra_expressions: tuple[tuple[str, Expression], ...]) -> Program:
    compiled_program = Program(rules)
    for rule in rules:
        point = rule.on.moment
        for node in evaluated_expressions(rule):
            _need(compiled_program, node, point)
        for fact, node in extra_expressions:
            if fact == point.fact:
                _need(compiled_program, node, point)
        compiled_program.bases.setdefault(point.fact, {})
        for name in point.keys:
            _bases(compiled_program, FieldReference(rule.location, name), point.fact)
    for fact in compiled_program.bases:
        for name in (name for names in PARTIES for name in names if name in FACTS[fact]):
            _bases(compiled_program, FieldReference(SourceLocation(), name), fact)
    return compiled_program


def evaluated_expressions(rule: Rule) -> Iterator[Expression]:
    """Yield the expressions that a rule evaluates at its decision point, including its subject's and its sentence's."""
    yield rule.when
    if rule.unless is not None:
        yield rule.unless
    yield rule.score
    if rule.sentence is not None:
        yield from (node for _, node in rule.sentence.values)
    for name in subject_fields(rule):
        if name in FACTS[rule.on.fact]:
            yield FieldReference(rule.location, name)


def timer_conditions(compiled_program: Program, point: DecisionPoint) -> tuple[Expression, ...]:
    """Return what rules of a timer or clock ask without windows: they fire only where one is true; none: anywhere."""
    conditions: dict[Expression, None] = {}
    for rule in (rule for rule in compiled_program.rules if rule.on.moment == point):
        plain = [node for node in conjuncts(rule.when) if not any(present_windows(node))]
        if not plain or any(rule_ranks(rule)):
            return ()
        conditions[reduce(lambda left, right: Binary(right.location, "and", left, right), plain)] = None
    return tuple(conditions)


@lru_cache(1024)
def rule_ranks(rule: Rule) -> tuple[Rank, ...]:
    """Return the ranks that a rule asks for."""
    return tuple(part for node in evaluated_expressions(rule) for part in walk(node) if isinstance(part, Rank))


def subject_fields(rule: Rule) -> tuple[str, ...]:
    """Return the fields for the subject of a finding and for exemptions: number, proven number, trunk and ingress."""
    subject = () if rule.find in ("call", "caller_or_trunk") else (rule.find,)
    return tuple(dict.fromkeys((*subject, *_WAY_IN)))


def present_windows(node: Expression) -> Iterator[WindowExpression]:
    """Yield the windows of an expression that the present fact evaluates, without nested ones."""
    if isinstance(node, WindowExpression):
        if node.what == "surge":
            yield from present_windows(expand_surge(node))
        else:
            yield node
        return
    for child in children(node):
        yield from present_windows(child)


def _need(compiled_program: Program, node: Expression, point: DecisionPoint) -> int:
    """Add an expression at a decision point; return the number of window levels it depends on."""
    _bases(compiled_program, node, point.fact)
    return max((_window(compiled_program, lower(window), point) for window in present_windows(node)), default=0)


def _window(compiled_program: Program, lowered: Lowered, point: DecisionPoint) -> int:
    source = lowered.window.source
    depth = max(_need(compiled_program, node, DecisionPoint(source)) for node in lowered.selected)
    depth = max(depth, *(_need(compiled_program, node, point) for node in lowered.present))
    while len(compiled_program.levels) <= depth:
        compiled_program.levels.append(ProgramLevel())
    level = compiled_program.levels[depth]
    for spec in lowered.specs:
        level.asking_kinds.setdefault(spec, set()).add(compiled_program.point_code(point))
    level.selected.setdefault(source, {}).update(_computed_nodes(lowered.selected, source))
    level.present.setdefault(point, {}).update(_computed_nodes(lowered.present, point.fact))
    compiled_program.bases.setdefault(source, {})
    return depth + 1


def _computed_nodes(nodes: Iterable[Expression], fact: str) -> dict[str, Expression]:
    """Return the expressions that must be computed, without base columns."""
    return {expression_key(node): node for node in nodes if not is_base(node, fact)}


def _bases(compiled_program: Program, node: Expression, fact: str) -> None:
    if isinstance(node, WindowExpression):
        return
    if isinstance(node, Rank) or not is_base(node, fact):
        for child in children(node):
            _bases(compiled_program, child, fact)
    elif (selection := _find_choice(node)) is None:
        compiled_program.bases.setdefault(fact, {})[expression_key(node)] = node
    elif expression_key(node) not in compiled_program.chosen.setdefault(fact, {}):
        parts = selection.condition, selection.then, selection.otherwise
        for part in parts:
            _bases(compiled_program, part, fact)
        condition, then, otherwise = map(expression_key, parts)
        # after the columns it is selected from
        compiled_program.chosen[fact][expression_key(node)] = condition, then, otherwise


def origin(node: Expression, fact: str) -> str:
    """Return the table whose event a base column of a fact is read from: on a call, its offer or its answer."""
    name = base_field(node)
    return FACTS[fact][name].table if name else fact


@dataclass(frozen=True)
class _Choice:
    """A column that is `then` where the text `condition` is known and `otherwise` where it is not."""

    condition: Expression
    then: Expression
    otherwise: Expression


def _find_choice(node: Expression) -> _Choice | None:
    """Return how a base column of a fact is selected; None for one that is read from a field or constant.

    `f(x else y)` is the column f(x) where x is known, and f(y) elsewhere.
    Only the outermost `else` is split; the parts may contain others. A function may be unknown where its text is known
    (`block()` of a short text), so the condition is the text itself.
    """
    match node:
        case Binary(operator="else", left=left, right=right):
            return _Choice(left, left, right)
        case Binary(left=TextLiteral(), right=right):
            return _wrap_choice(node, "right", right)
        case Binary(left=left):
            return _wrap_choice(node, "left", left)
        case FunctionCall(argument=argument):
            return _wrap_choice(node, "argument", argument)
        case Member(operand=operand):
            return _wrap_choice(node, "operand", operand)
        case _:
            return None


def _wrap_choice(node: Any, name: str, inside: Expression) -> _Choice | None:
    """Return the choice in the operand, with the outer expression applied to both alternatives."""
    if (inner_choice := _find_choice(inside)) is None:
        return None
    return _Choice(
        inner_choice.condition,
        replace(node, **{name: inner_choice.then}),
        replace(node, **{name: inner_choice.otherwise}),
    )
