"""Compile expressions to byte code of the stack machine (fanzha.rules._engine._single_fact_kernel)."""

from dataclasses import dataclass, field

from fanzha.rules._engine import _single_fact_kernel as kernel
from fanzha.rules._engine.base_columns import is_base, is_text
from fanzha.rules._engine.evaluate import is_truth
from fanzha.rules.canon import canon
from fanzha.rules.tree import (
    Binary,
    BooleanLiteral,
    Expression,
    FunctionCall,
    IsKnown,
    Member,
    NumberLiteral,
    Points,
    Unary,
    WindowExpression,
)
from fanzha.rules.window_specs import expand_surge, lower

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
class ByteCode:
    """Byte code in the making, for one kind of fact; each `put` leaves one number on the stack.

    A window or base column that has no place yet gets the next one.
    """

    fact: str
    windows: dict[str, int] = field(default_factory=dict)  # name of the kernel window -> its place among the values
    fields: dict[str, int] = field(default_factory=dict)  # base column -> its place among the fields
    operations: list[tuple[int, int]] = field(default_factory=list)
    constants: dict[float, int] = field(default_factory=dict)

    def put(self, node: Expression) -> None:
        """Append the code of an expression, which is checked and has its lets expanded."""
        match node:
            case NumberLiteral(value=value):
                self.constant(float(value))
            case BooleanLiteral(value=value):
                self.constant(float(value))
            case WindowExpression(what="surge"):
                self.put(expand_surge(node))
            case WindowExpression():
                specs = lower(node).specs
                for spec in specs:
                    self._put(kernel.WINDOW, self.windows.setdefault(spec.name, len(self.windows)))
                if len(specs) == 2:
                    self._put(kernel.DIVIDE)
            case Points(terms=terms):
                self.constant(0.0)
                for weight, condition in terms:
                    self.put(weight)
                    self.put(condition)
                    self._put(kernel.POINT)
            case IsKnown(operand=operand, negated=negated):
                self._known(operand)
                self._not_if(negated)
            case _ if is_base(node, self.fact):
                self._put(kernel.FIELD, self._field(node))
            case _:
                self._compound(node)

    def constant(self, value: float) -> None:
        """Append the code that pushes a number."""
        self._put(kernel.CONSTANT, self.constants.setdefault(value, len(self.constants)))

    def _compound(self, node: Expression) -> None:
        match node:
            case FunctionCall(function="hour", argument=argument):
                self.put(argument)
                self._put(kernel.HOUR)
            case Unary(operator=operator, operand=operand):
                self.put(operand)
                self._put(kernel.NEGATE if operator == "-" else kernel.NOT)
            case Member(operand=operand, values=values, negated=negated):
                self.constant(0.0)
                for value in values:
                    self.put(operand)
                    self.put(value)
                    self._put(kernel.EQUAL)
                    self._put(kernel.OR)
                self._not_if(negated)
            case Binary(operator=operator, left=left, right=right) if is_text(left, self.fact):
                self._put(kernel.SAME_TEXT, self._field(left) << 32 | self._field(right))
                self._not_if(operator == "!=")
            case Binary(operator=operator, left=left, right=right):
                self.put(left)
                self.put(right)
                self._put(_BINARY[operator])
            case _:
                raise TypeError(f"{type(node).__name__} cannot be decided at one fact")

    def _known(self, node: Expression) -> None:
        if is_base(node, self.fact) and not is_truth(node, self.fact):
            self._put(kernel.TEXT_KNOWN, self._field(node))
        else:
            self.put(node)
            self._put(kernel.KNOWN)

    def _not_if(self, negated: bool) -> None:
        if negated:
            self._put(kernel.NOT)

    def _field(self, node: Expression) -> int:
        return self.fields.setdefault(canon(node), len(self.fields))

    def _put(self, code: int, argument: int = 0) -> None:
        self.operations.append((code, argument))
