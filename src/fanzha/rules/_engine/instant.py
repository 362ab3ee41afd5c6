"""Rules at one fact: the same conditions as byte code, since columns of one row cost more than the work on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fanzha.rules._engine import _instant_kernel as kernel
from fanzha.rules._engine.bases import is_base, is_text
from fanzha.rules._engine.evaluate import is_truth
from fanzha.rules._engine.lower import lower, written_out
from fanzha.rules.canon import canon
from fanzha.rules.tree import Binary, Call, Known, Member, Node, Number, Points, Rule, Truth, Unary, Window

_BINARY = {
    "+": kernel.ADD,
    "-": kernel.SUBTRACT,
    "*": kernel.MULTIPLY,
    "/": kernel.DIVIDE,
    ">=": kernel.AT_LEAST,
    "<=": kernel.AT_MOST,
    ">": kernel.MORE,
    "<": kernel.LESS,
    "=": kernel.EQUAL,
    "!=": kernel.UNEQUAL,
    "and": kernel.AND,
    "or": kernel.OR,
    "else": kernel.ELSE,
}


@dataclass
class Instant:
    """The rules of one decision point, ready to decide one fact; they are checked, their lets expanded."""

    fact: str
    rules: Sequence[Rule]
    windows: dict[str, int] = field(default_factory=dict)  # name of the kernel window -> its place among the values
    fields: dict[str, int] = field(default_factory=dict)  # base column -> its place among the fields
    _code: list[tuple[int, int]] = field(default_factory=list)
    _constants: dict[float, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        starts = [0]
        for rule in self.rules:
            self._put(rule.when)
            self._put(rule.unless) if rule.unless is not None else self._constant(0.0)
            starts.append(len(self._code))
        self._operations = np.array(self._code, np.int64).reshape(-1, 2)
        self._numbers = np.array(list(self._constants), np.float64)
        self._starts = np.array(starts, np.int64)
        self._values = np.zeros(len(self.windows), np.int64)
        self._fields = np.zeros(len(self.fields), np.int64)

    def fires(
        self, values: Mapping[str, NDArray[np.int64]], columns: Mapping[str, NDArray[np.int64]], place: int
    ) -> NDArray[np.bool_]:
        """Return for each rule whether it fires at one place of a stretch."""
        for name, at in self.windows.items():
            self._values[at] = values[name][place]
        for name, at in self.fields.items():
            self._fields[at] = columns[name][place]
        return self.decide(self._values, self._fields)

    def decide(self, values: NDArray[np.int64], fields: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return for each rule whether it fires; values in the order of `windows`, fields in that of `fields`."""
        fired = np.empty(len(self.rules), np.bool_)
        kernel.fires(self._operations, self._numbers, self._starts, values, fields, fired)
        return fired

    def _put(self, node: Node) -> None:
        match node:
            case Number(value=value):
                self._constant(float(value))
            case Truth(value=value):
                self._constant(float(value))
            case Window(what="surge"):
                self._put(written_out(node))
            case Window():
                specs = lower(node).specs
                for spec in specs:
                    self._code.append((kernel.WINDOW, self.windows.setdefault(spec.name, len(self.windows))))
                if len(specs) == 2:
                    self._code.append((kernel.DIVIDE, 0))
            case Points(terms=terms):
                self._constant(0.0)
                for weight, condition in terms:
                    self._put(weight)
                    self._put(condition)
                    self._code.append((kernel.POINT, 0))
            case Known(operand=operand, negated=negated):
                self._known(operand)
                self._not_if(negated)
            case _ if is_base(node, self.fact):
                self._code.append((kernel.FIELD, self._field(node)))
            case _:
                self._compound(node)

    def _compound(self, node: Node) -> None:
        match node:
            case Call(function="hour", argument=argument):
                self._put(argument)
                self._code.append((kernel.HOUR, 0))
            case Unary(operator=operator, operand=operand):
                self._put(operand)
                self._code.append((kernel.NEGATE if operator == "-" else kernel.NOT, 0))
            case Member(operand=operand, values=values, negated=negated):
                self._constant(0.0)
                for value in values:
                    self._put(operand)
                    self._put(value)
                    self._code += [(kernel.EQUAL, 0), (kernel.OR, 0)]
                self._not_if(negated)
            case Binary(operator=operator, left=left, right=right) if is_text(left, self.fact):
                self._code.append((kernel.SAME_TEXT, self._field(left) << 32 | self._field(right)))
                self._not_if(operator == "!=")
            case Binary(operator=operator, left=left, right=right):
                self._put(left)
                self._put(right)
                self._code.append((_BINARY[operator], 0))
            case _:
                raise TypeError(f"{type(node).__name__} cannot be decided at one fact")

    def _known(self, node: Node) -> None:
        if is_base(node, self.fact) and not is_truth(node, self.fact):
            self._code.append((kernel.TEXT_KNOWN, self._field(node)))
        else:
            self._put(node)
            self._code.append((kernel.KNOWN, 0))

    def _not_if(self, negated: bool) -> None:
        if negated:
            self._code.append((kernel.NOT, 0))

    def _field(self, node: Node) -> int:
        return self.fields.setdefault(canon(node), len(self.fields))

    def _constant(self, value: float) -> None:
        self._code.append((kernel.CONSTANT, self._constants.setdefault(value, len(self._constants))))
