"""The parsed rule: plain nodes, each with its place in the text; kernel and oracle are built from the same tree."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TypeVar, dataclass_transform

from fanzha.base.words import Words

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """Where something stands in the text; both count from 1."""

    line: int = 0
    column: int = 0


class Type(StrEnum):
    """What an expression is."""

    NUMBER = "number"
    DURATION = "duration"  # whole milliseconds
    MOMENT = "moment"  # UTC milliseconds
    TEXT = "text"
    TRUTH = "truth"


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def node(cls: type[T]) -> type[T]:
    """Make a frozen dataclass that works its hash out once: trees are deep, and looked up at every stretch of facts."""
    made = dataclass(frozen=True)(cls)
    plain = made.__hash__

    def hashed(self: T) -> int:
        try:
            found: int = self.__dict__["_hash"]
        except KeyError:
            found = self.__dict__["_hash"] = plain(self)
        return found

    setattr(made, "__hash__", hashed)  # noqa: B010  (set after the dataclass has set its own)
    return made


@node
class Node:
    """An expression; equal trees are equal whatever their place and spelling."""

    place: Place = field(compare=False, repr=False)


@node
class Number(Node):
    """A literal number or duration; `value` is in its own unit resolved: 20 s is 20000, 30% is 0.3."""

    value: float
    type: Type = Type.NUMBER
    written: str = field(default="", compare=False)  # as the author wrote it, for the formatter


@node
class Text(Node):
    """A literal text."""

    value: str


@node
class Truth(Node):
    """`true` or `false`."""

    value: bool


@node
class Field(Node):
    """A field of the fact at hand: the present fact, or inside a window the selected one."""

    name: str


@node
class Name(Node):
    """A `let` of the same rule."""

    name: str


@node
class Call(Node):
    """A function of one expression and at most one whole number: block, prefix, length, hour, class, country."""

    function: str
    argument: Node
    count: int | None = None


@node
class Unary(Node):
    """`-` or `not`."""

    operator: str
    operand: Node


@node
class Binary(Node):
    """`+ - * /`, `>= <= > < = !=`, `and`, `or`, `else`."""

    operator: str
    left: Node
    right: Node


@node
class Member(Node):
    """`x in list`, `x in ("a", "b")`; `negated` for `not in`."""

    operand: Node
    list: str  # a list's name, or "" when the values stand here
    values: tuple[Node, ...] = ()  # Text or Number literals
    negated: bool = False


@node
class Known(Node):
    """`x is known`; `negated` for `is not known`."""

    operand: Node
    negated: bool = False


@dataclass(frozen=True)
class Points(Node):
    """Sum of the weights whose conditions are true."""

    terms: tuple[tuple[Node, Node], ...]  # (weight, condition)


@dataclass(frozen=True)
class Key:
    """One part of a window's key: the selected fact's expression and the present fact's."""

    selected: Node
    present: Node


@dataclass(frozen=True)
class Window(Node):
    """An exact aggregate of the facts of one key over a stretch of time, as of one fact."""

    what: str  # count distinct sum mean min max share gap age surge
    source: str  # event table
    keys: tuple[Key, ...]
    span: int  # ms; whole days beyond 24 h are calendar days
    value: Node | None = None
    where: Node | None = None
    before: bool = False
    against: int = 0  # ms, of surge only
    written: tuple[str, ...] = field(default=(), compare=False)  # span (and against) as the author wrote them


@dataclass(frozen=True)
class Point:
    """Where a rule decides: a fact, or a wait after a call fact."""

    fact: str  # event table
    still: str = ""  # "talking" (fact call_answered) or "ringing" (fact call_offered)
    wait: int = 0  # ms
    written: str = field(default="", compare=False)


@node
class Rule:
    """One rule."""

    name: str
    title: Words
    version: int
    law: str
    on: Point
    lets: tuple[tuple[str, Node], ...]
    when: Node
    unless: Node | None  # `except`
    find: str
    fraud_type: str
    score: Node
    again_after: int  # ms
    place: Place = field(compare=False)
    #: Where its parts stand: "on", "find", "as", "again" and the names of its lets.
    places: dict[str, Place] = field(default_factory=dict, compare=False, repr=False)

    def place_of(self, part: str) -> Place:
        """Return where a part stands, of a tree made by hand the place of the rule."""
        return self.places.get(part, self.place)


@dataclass(frozen=True)
class RuleFile:
    """What one text holds."""

    rules: tuple[Rule, ...]
    lists: dict[str, tuple[str, ...]]
    text: str = field(default="", compare=False, repr=False)  # as the author wrote it: for errors and comments
    name: str = field(default="<text>", compare=False)  # of the file


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes directly under one, in the order of the text."""
    for one in fields(node):
        yield from _nodes(getattr(node, one.name))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, Key):
        yield value.selected
        yield value.present
    elif isinstance(value, tuple):
        for one in value:
            yield from _nodes(one)


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it."""
    yield node
    for child in children(node):
        yield from walk(child)
