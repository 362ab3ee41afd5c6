"""Compile expressions to byte code of the stack machine (fanzha.rules._engine._single_fact_kernel)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fanzha.rules._engine import _single_fact_kernel as kernel
from fanzha.rules._engine.base_columns import is_base, is_text
from fanzha.rules._engine.evaluate import is_truth
from fanzha.rules.expression_key import expression_key
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
from fanzha.windows import WindowSpec

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
    """Byte code in the making, for one kind of fact; each expression leaves one number on the stack.

    A window or base column without an offset gets the next one.
    """

    fact: str
    windows: dict[str, int] = field(default_factory=dict)  # name of the kernel window -> its offset in the values
    fields: dict[str, int] = field(default_factory=dict)  # base column -> its offset in the fields
    operations: list[tuple[int, int]] = field(default_factory=list)
    constants: dict[float, int] = field(default_factory=dict)

    def emit_expression(self, node: Expression) -> None:
        """Append the code of an expression, which is checked and has its lets expanded."""
        match node:
            case NumberLiteral(value=value):
                self.constant(float(value))
            case BooleanLiteral(value=value):
                self.constant(float(value))
            case WindowExpression(what="surge"):
                self.emit_expression(expand_surge(node))
            case WindowExpression():
                specs = lower(node).specs
                if node.what == "stddev":
                    self._emit_stddev(specs)
                    return
                for spec in specs:
                    self._emit(kernel.WINDOW, self.windows.setdefault(spec.name, len(self.windows)))
                if len(specs) == 2:
                    self._emit(kernel.DIVIDE)
            case Points(terms=terms):
                self.constant(0.0)
                for weight, condition in terms:
                    self.emit_expression(weight)
                    self.emit_expression(condition)
                    self._emit(kernel.POINT)
            case IsKnown(operand=operand, negated=negated):
                self._emit_is_known(operand)
                self._emit_negation(negated)
            case _ if is_base(node, self.fact):
                self._emit(kernel.FIELD, self._field(node))
            case _:
                self._compound(node)

    def constant(self, value: float) -> None:
        """Append the code that pushes a number."""
        self._emit(kernel.CONSTANT, self.constants.setdefault(value, len(self.constants)))

    def _compound(self, node: Expression) -> None:
        match node:
            case FunctionCall(function="hour", argument=argument):
                self.emit_expression(argument)
                self._emit(kernel.HOUR)
            case Unary(operator=operator, operand=operand):
                self.emit_expression(operand)
                self._emit(kernel.NEGATE if operator == "-" else kernel.NOT)
            case Member(operand=operand, values=values, negated=negated):
                self.constant(0.0)
                for value in values:
                    self.emit_expression(operand)
                    self.emit_expression(value)
                    self._emit(kernel.EQUAL)
                    self._emit(kernel.OR)
                self._emit_negation(negated)
            case Binary(operator=operator, left=left, right=right) if is_text(left, self.fact):
                self._emit(kernel.SAME_TEXT, self._text(left) << 32 | self._text(right))
                self._emit_negation(operator == "!=")
            case Binary(operator=operator, left=left, right=right):
                self.emit_expression(left)
                self.emit_expression(right)
                self._emit(_BINARY[operator])
            case _:
                raise TypeError(f"{type(node).__name__} cannot be decided at one fact")

    def _emit_is_known(self, node: Expression) -> None:
        if is_base(node, self.fact) and not is_truth(node, self.fact):
            self._emit(kernel.TEXT_KNOWN, self._field(node))
        else:
            self.emit_expression(node)
            self._emit(kernel.KNOWN)

    def _emit_negation(self, negated: bool) -> None:
        if negated:
            self._emit(kernel.NOT)

    def _emit_stddev(self, specs: Sequence[WindowSpec]) -> None:
        """Append sqrt((n * squares - total * total) / (n * n))."""
        total, squares, n = [self.windows.setdefault(spec.name, len(self.windows)) for spec in specs]
        for left, right in ((n, squares), (total, total), (n, n)):
            self._emit(kernel.WINDOW, left)
            self._emit(kernel.WINDOW, right)
            self._emit(kernel.MULTIPLY)
            if left == total:
                self._emit(kernel.SUBTRACT)
        self._emit(kernel.DIVIDE)
        self._emit(kernel.ROOT)

    def _text(self, node: Expression) -> int:
        """Return the offset of a text: of a field, or of a window's value."""
        if isinstance(node, WindowExpression):
            (spec,) = lower(node).specs
            return kernel.IN_WINDOWS + self.windows.setdefault(spec.name, len(self.windows))
        return self._field(node)

    def _field(self, node: Expression) -> int:
        return self.fields.setdefault(expression_key(node), len(self.fields))

    def _emit(self, code: int, argument: int = 0) -> None:
        self.operations.append((code, argument))
