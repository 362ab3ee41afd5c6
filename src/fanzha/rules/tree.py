"""The syntax tree of rules: plain nodes with source locations, used by the engine and by the translation to SQL."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar, dataclass_transform

from fanzha.base.words import Words

T = TypeVar("T")


@dataclass(frozen=True)
class SourceLocation:
    """Line and column in the rule text; both count from 1."""

    line: int = 0
    column: int = 0


class Type(StrEnum):
    """The type of an expression."""

    NUMBER = "number"
    DURATION = "duration"  # whole milliseconds
    MOMENT = "moment"  # UTC milliseconds
    TEXT = "text"
    TRUTH = "truth"


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def node(cls: type[T]) -> type[T]:
    """Make a frozen dataclass with a cached hash, since deep trees are looked up at every stretch of facts."""
    node_class = dataclass(frozen=True)(cls)
    plain = node_class.__hash__

    def hashed(self: T) -> int:
        try:
            found: int = self.__dict__["_hash"]
        except KeyError:
            found = self.__dict__["_hash"] = plain(self)
        return found

    setattr(node_class, "__hash__", hashed)  # noqa: B010  (set after the dataclass has set its own)
    return node_class


@node
class Expression:
    """An expression; equality ignores source location and spelling."""

    location: SourceLocation = field(compare=False, repr=False)


@node
class NumberLiteral(Expression):
    """A literal number or duration; `value` has its unit applied: 20 s is 20000, 30% is 0.3."""

    value: float
    type: Type = Type.NUMBER
    written: str = field(default="", compare=False)  # as the author wrote it, for the formatter


@node
class TextLiteral(Expression):
    """A literal text."""

    value: str


@node
class BooleanLiteral(Expression):
    """`true` or `false`."""

    value: bool


@node
class FieldReference(Expression):
    """A field of the present fact, or inside a window of the selected fact."""

    name: str


@node
class Name(Expression):
    """A `let` of the same rule."""

    name: str


@node
class FunctionCall(Expression):
    """A function of one expression and at most one whole number, say block or hour (`words.FUNCTIONS`).

    `attribute` reads a column of a list at the entry of the argument, `profile` one of the latest registration of it.
    """

    function: str
    argument: Expression
    count: int | None = None
    list: str = ""  # of attribute only
    column: str = ""  # and of profile


@node
class Unary(Expression):
    """`-` or `not`."""

    operator: str
    operand: Expression


@node
class Binary(Expression):
    """`+ - * /`, `>= <= > < = !=`, `and`, `or`, `else`."""

    operator: str
    left: Expression
    right: Expression


@node
class Member(Expression):
    """`x in list`, `x in ("a", "b")`, `x contains "a"`, `x matches "a+"`; `negated` for `not in` and the like."""

    operand: Expression
    list: str  # a list's name, or "" if `values` are literal
    values: tuple[Expression, ...] = ()  # Text or Number literals
    negated: bool = False
    operator: str = "in"  # one of `words.MEMBERSHIPS`


@node
class IsKnown(Expression):
    """`x is known`; `negated` for `is not known`."""

    operand: Expression
    negated: bool = False


@dataclass(frozen=True)
class Points(Expression):
    """Sum of the weights whose conditions are true."""

    terms: tuple[tuple[Expression, Expression], ...]  # (weight, condition)


@dataclass(frozen=True)
class WindowKey:
    """One part of a window's key: the selected fact's expression and the present fact's."""

    selected: Expression
    present: Expression


@dataclass(frozen=True)
class WindowExpression(Expression):
    """An exact aggregate of the facts of one key over a span of time, as of one fact."""

    what: str  # a word of fanzha.rules.words.WINDOWS
    source: str  # event table
    keys: tuple[WindowKey, ...]
    span: int  # ms; whole days beyond 24 h are calendar days
    value: Expression | None = None
    where: Expression | None = None
    before: bool = False
    against: int = 0  # ms, of surge only
    level: "NumberLiteral | None" = None  # of quantile only, from 0 to 1
    written: tuple[str, ...] = field(default=(), compare=False)  # span (and against) as the author wrote them
    result: Expression | None = None  # a look-up of the most frequent text, returned in its place


@dataclass(frozen=True)
class After(Expression):
    """`after(A, 30 min then B, 10 min)`: an ordered sequence of facts by key that the present fact follows.

    Each step counts the facts that lie before, within its span. Its key refers to the fact of the next step, the key of
    the last step to the present fact.
    """

    steps: tuple[WindowExpression, ...]


@dataclass(frozen=True)
class Rank(Expression):
    """`rank(x within FIELD, …)`: the place of a key among those of the same fields at a tick, the largest x first."""

    value: Expression
    within: tuple[Expression, ...]  # fields


@dataclass(frozen=True)
class DecisionPoint:
    """Where a rule decides: a fact, a wait after a call fact or a fact that another may follow, or by the clock."""

    fact: str  # event table
    still: str = ""  # "talking" (fact call_answered) or "ringing" (fact call_offered)
    wait: int = 0  # ms
    written: str = field(default="", compare=False)
    absent: WindowExpression | None = None  # counts the facts that must not follow within the wait
    every: int = 0  # ms: at whole multiples in China time, for each key
    keys: tuple[str, ...] = ()  # fields of the fact
    within: int = 0  # ms: the longest window, in which a key must have a fact; 0 until the rule is checked

    @property
    def moment(self) -> "DecisionPoint":
        """The same point without `absent`, so that rules with other absent facts share it."""
        return DecisionPoint(self.fact, self.still, self.wait, every=self.every, keys=self.keys, within=self.within)


@dataclass(frozen=True)
class ExampleFacts:
    """`count` made-up facts of a table, the first `at` ms after the start of the example, one `every` ms."""

    table: str
    count: int
    at: int  # ms
    every: int  # ms
    fields: tuple[tuple[str, Expression], ...]  # literals by field
    location: SourceLocation = field(compare=False, repr=False)


@dataclass(frozen=True)
class RuleExample:
    """Made-up facts, the subjects that the rule must find in them, and the expected sentence."""

    title: Words
    finds: tuple[str, ...]
    facts: tuple[ExampleFacts, ...]
    location: SourceLocation = field(compare=False, repr=False)
    says: Words | None = None  # None: anything


@dataclass(frozen=True)
class RuleSentence:
    """What a rule has seen, in words with slots (`fanzha.rules.sentence_template`), and the values of the slots."""

    words: Words
    values: tuple[tuple[str, Expression], ...]  # by name of the slot


@node
class Rule:
    """One rule."""

    name: str
    title: Words
    version: int
    law: str
    on: DecisionPoint
    lets: tuple[tuple[str, Expression], ...]
    when: Expression
    unless: Expression | None  # `except`
    find: str
    fraud_type: str
    score: Expression
    again_after: int  # ms
    location: SourceLocation = field(compare=False)
    notes: bool = False  # `then note`: its findings are facts for other rules, and no person sees them
    sentence: RuleSentence | None = None
    examples: tuple[RuleExample, ...] = ()
    #: Source locations of "on", "find", "as", "again" and the lets by name.
    locations: dict[str, SourceLocation] = field(default_factory=dict, compare=False, repr=False)

    def location_of(self, part: str) -> SourceLocation:
        """Return the source location of a part, or of the rule if the part has none."""
        return self.locations.get(part, self.location)


@lru_cache(1024)
def source_tables(rule: Rule) -> frozenset[str]:
    """Return the tables of the facts that a rule reads: where it decides, and in its windows."""
    windows = (part.source for part in _parts(rule) if isinstance(part, WindowExpression))
    return frozenset({rule.on.fact, *windows, *(["registration"] if reads_profiles(rule) else [])})


@lru_cache(1024)
def reads_profiles(rule: Rule) -> bool:
    """Return whether a rule reads what is registered of a number."""
    return any(isinstance(part, FunctionCall) and part.function == "profile" for part in _parts(rule))


def _parts(rule: Rule) -> Iterator[Expression]:
    nodes = [rule.when, rule.unless, rule.score, rule.on.absent, *(node for _, node in rule.lets)]
    if rule.sentence is not None:
        nodes += [node for _, node in rule.sentence.values]
    for node in nodes:
        if node is not None:
            yield from walk(node)


@dataclass(frozen=True)
class RuleFile:
    """The content of one rule text."""

    rules: tuple[Rule, ...]
    lists: dict[str, tuple[str, ...]]  # and their columns (fanzha.base.list_columns)
    text: str = field(default="", compare=False, repr=False)  # source text, for diagnostics and comments
    name: str = field(default="<text>", compare=False)  # of the file


def children(node: Expression) -> tuple[Expression, ...]:
    """Return the direct children of a node in source order; each node keeps its own once they were asked for."""
    try:
        found: tuple[Expression, ...] = node.__dict__["_children"]
    except KeyError:
        parts = tuple(getattr(node, part.name) for part in fields(node))
        found = node.__dict__["_children"] = tuple(_nodes(parts))
    return found


def _nodes(value: object) -> Iterator[Expression]:
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, WindowKey):
        yield value.selected
        yield value.present
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


def walk(node: Expression) -> Iterator[Expression]:
    """Yield a node and all its descendants, each node before its children."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(children(node)))


def conjuncts(node: Expression) -> Iterator[Expression]:
    """Yield the operands of nested `and`: all must be true for the expression to be true."""
    if isinstance(node, Binary) and node.operator == "and":
        yield from conjuncts(node.left)
        yield from conjuncts(node.right)
    else:
        yield node
