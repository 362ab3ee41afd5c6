"""Compute the type of every expression bottom-up and collect type errors."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from fanzha.base.list_columns import column_list, is_column, list_columns
from fanzha.rules._checking.scope import ExpressionInfo, RuleScope, field_info, has_window, resolve_field, resolve_let
from fanzha.rules._checking.sequences import expand_after
from fanzha.rules._checking.types import ARITHMETIC, FUNCTION_TYPES, ORDERED, TYPE_WORDS
from fanzha.rules._checking.windows import window_sense
from fanzha.rules._diagnostics import limits, names, types
from fanzha.rules._engine.text_tests import is_prefix, pattern_error
from fanzha.rules._formatting.expressions import format_expression
from fanzha.rules.catalog import NUMBER_CLASSES, PROFILE_FIELDS
from fanzha.rules.diagnostics import DiagnosticCollector, DiagnosticKind, nearest
from fanzha.rules.tree import (
    After,
    Binary,
    BooleanLiteral,
    Expression,
    FieldReference,
    FunctionCall,
    IsKnown,
    Member,
    Name,
    NumberLiteral,
    Points,
    Rank,
    SourceLocation,
    TextLiteral,
    Type,
    Unary,
    WindowExpression,
    walk,
)
from fanzha.rules.words import COMPARISONS, MOST_PATTERN

_MOST_CHARACTERS = 255
_TRUTH = ExpressionInfo(Type.TRUTH)


class ExpressionChecker:
    """Checks the expressions of one file. An invalid expression is None and causes no further diagnostics."""

    def __init__(
        self, mistakes: DiagnosticCollector, own: Mapping[str, tuple[str, ...]], lists: Collection[str]
    ) -> None:
        self.mistakes = mistakes
        self._own = own
        self._lists = frozenset((*own, *lists))

    def infer_type(self, node: Expression, scope: RuleScope) -> ExpressionInfo | None:
        """Return the type of an expression, None if it is invalid."""
        match node:
            case NumberLiteral():
                return ExpressionInfo(node.type)
            case TextLiteral():
                return ExpressionInfo(Type.TEXT)
            case BooleanLiteral():
                return _TRUTH
            case FieldReference():
                return resolve_field(node, scope, self.mistakes)
            case Name():
                return resolve_let(node, scope, self.mistakes)
            case FunctionCall():
                return self._call(node, scope)
            case Unary():
                return self._unary(node, scope)
            case Binary():
                return self._binary(node, scope)
            case Member():
                return self._member(node, scope)
            case IsKnown():
                self.infer_type(node.operand, scope)
                return _TRUTH
            case Points():
                return self._points(node, scope)
            case Rank():
                return self._rank(node, scope)
            case WindowExpression():
                return window_sense(self, node, scope)
            case After():
                return self.infer_type(expand_after(node), scope)
        raise TypeError(f"no expression: {node!r}")

    def condition(self, node: Expression, scope: RuleScope, where: str) -> None:
        """Add a diagnostic if an expression is not a truth value."""
        sense = self.infer_type(node, scope)
        if where in ("and", "or") and isinstance(node, NumberLiteral | TextLiteral):
            self.mistakes.add(types.BARE_VALUE, node.location, where=where, value=format_expression(node)[:40])
        elif sense and sense.type is not Type.TRUTH:
            self.wrong(types.NOT_A_CONDITION, node.location, where=where, type=sense.type)

    def number(self, node: Expression, scope: RuleScope, where: str) -> None:
        """Add a diagnostic if an expression is not a number."""
        sense = self.infer_type(node, scope)
        if sense and sense.type is not Type.NUMBER:
            self.wrong(types.NOT_A_NUMBER, node.location, where=where, type=sense.type)

    def wrong(self, form: DiagnosticKind, location: SourceLocation, **values: object) -> None:
        """Add a diagnostic; types among the values are shown in both languages."""
        message_values: dict[str, object] = {}
        for key, value in values.items():
            if isinstance(value, Type):
                message_values |= {f"{key}_zh": TYPE_WORDS[value].zh, f"{key}_en": TYPE_WORDS[value].en}
            else:
                message_values[key] = value
        self.mistakes.add(form, location, **message_values)

    def _call(self, node: FunctionCall, scope: RuleScope) -> ExpressionInfo | None:
        takes, gives = FUNCTION_TYPES[node.function]
        if node.count is not None and not 1 <= node.count <= _MOST_CHARACTERS:
            self.mistakes.add(limits.CONSTANT_CHARACTERS, node.location, name=node.function, most=_MOST_CHARACTERS)
        sense = self.infer_type(node.argument, scope)
        if sense and sense.type is not takes:
            self.wrong(types.WRONG_ARGUMENT, node.location, name=node.function, wanted=takes, type=sense.type)
            return None
        if node.function == "attribute" and not self._has_column(node):
            return None
        if node.function == "profile":
            return self._profile(node)
        return ExpressionInfo(gives, NUMBER_CLASSES if node.function == "class" else None)

    def _profile(self, node: FunctionCall) -> ExpressionInfo | None:
        """Return the type of a field of a registration; add a diagnostic if there is no such field."""
        if (field_fact := PROFILE_FIELDS.get(node.column)) is not None:
            return field_info(field_fact)
        near = nearest(node.column, PROFILE_FIELDS)
        message_values = {"nearest_zh": near.zh, "nearest_en": near.en, "fields": ", ".join(PROFILE_FIELDS)}
        self.mistakes.add(names.UNKNOWN_PROFILE, node.location, name=node.column, **message_values)
        return None

    def _has_column(self, node: FunctionCall) -> bool:
        """Return whether there are a list and a column of these names; add a diagnostic if not."""
        if node.list not in self._lists:
            self._unknown_list(node.list, node.location)
            return False
        columns = list_columns(node.list, self._own if node.list in self._own else self._lists)
        if node.column in columns:
            return True
        near = nearest(node.column, columns)
        message_values = {"list": node.list, "name": node.column, "nearest_zh": near.zh, "nearest_en": near.en}
        self.mistakes.add(names.UNKNOWN_COLUMN, node.location, **message_values)
        return False

    def _unknown_list(self, name: str, location: SourceLocation) -> None:
        near = nearest(name, (known for known in self._lists if not is_column(known)))
        self.mistakes.add(names.UNKNOWN_LIST, location, name=name, nearest_zh=near.zh, nearest_en=near.en)

    def _unary(self, node: Unary, scope: RuleScope) -> ExpressionInfo | None:
        if node.operator == "not":
            self.condition(node.operand, scope, "not")
            return _TRUTH
        sense = self.infer_type(node.operand, scope)
        if sense and sense.type not in (Type.NUMBER, Type.DURATION):
            self.wrong(types.WRONG_ARGUMENT, node.location, name="-", wanted=Type.NUMBER, type=sense.type)
            return None
        return sense

    def _binary(self, node: Binary, scope: RuleScope) -> ExpressionInfo | None:
        if node.operator in ("and", "or"):
            self.condition(node.left, scope, node.operator)
            self.condition(node.right, scope, node.operator)
            return _TRUTH
        left, right = self.infer_type(node.left, scope), self.infer_type(node.right, scope)
        if node.operator in COMPARISONS:
            if left and right:
                self._compare(node, left, right)
            return _TRUTH
        if left is None or right is None:
            return None
        return self._otherwise(node, left, right) if node.operator == "else" else self._arithmetic(node, left, right)

    def _compare(self, node: Binary, left: ExpressionInfo, right: ExpressionInfo) -> None:
        if left.type is not right.type:
            self._unlike(node, left, right)
        elif node.operator not in ("=", "!=") and left.type not in ORDERED:
            self.wrong(types.NO_ORDER, node.location, type=left.type)
        else:
            self.closed(node.left, node.right, left)
            self.closed(node.right, node.left, right)

    def _otherwise(self, node: Binary, left: ExpressionInfo, right: ExpressionInfo) -> ExpressionInfo | None:
        if left.type is not right.type:
            self._unlike(node, left, right)
            return None
        self.closed(node.left, node.right, left)
        alternatives = (node.right.value,) if isinstance(node.right, TextLiteral) else right.values
        return ExpressionInfo(
            left.type, None if left.values is None or alternatives is None else (*left.values, *alternatives)
        )

    def _arithmetic(self, node: Binary, left: ExpressionInfo, right: ExpressionInfo) -> ExpressionInfo | None:
        gives = ARITHMETIC.get((node.operator, left.type, right.type))
        if gives is None:
            if {left.type, right.type} == {Type.NUMBER, Type.DURATION} and node.operator in "+-":
                self._unlike(node, left, right)
            else:
                message_values = {"left": left.type, "right": right.type}
                self.wrong(types.NO_ARITHMETIC, node.location, operator=node.operator, **message_values)
            return None
        return ExpressionInfo(gives)

    def _unlike(self, node: Binary, left: ExpressionInfo, right: ExpressionInfo) -> None:
        """Add a diagnostic for operands of different types, with its own text for a missing or extra unit."""
        for literal, operand in ((node.left, right), (node.right, left)):
            if isinstance(literal, NumberLiteral):
                if literal.type is Type.NUMBER and operand.type is Type.DURATION:
                    self.mistakes.add(types.DURATION_NEEDS_UNIT, literal.location, number=literal.written)
                    return
                if literal.type is Type.DURATION and operand.type is Type.NUMBER:
                    self.mistakes.add(types.NUMBER_HAS_UNIT, literal.location, number=literal.written)
                    return
                if literal.type is Type.NUMBER and operand.type is Type.TEXT:
                    self.mistakes.add(types.NEEDS_QUOTES, literal.location, number=literal.written)
                    return
            if isinstance(literal, TextLiteral) and operand.type is Type.NUMBER:
                self.mistakes.add(types.NO_QUOTES, literal.location, text=literal.value[:40])
                return
            if isinstance(literal, TextLiteral) and operand.type is Type.MOMENT:
                self.mistakes.add(types.MOMENT_AND_TEXT, literal.location)
                return
            if operand.type is Type.TRUTH and isinstance(literal, NumberLiteral | TextLiteral):
                self.mistakes.add(types.TRUTH_COMPARED, literal.location, truth=format_expression(node.left)[:40])
                return
        self.wrong(types.UNLIKE, node.location, operator=node.operator, left=left.type, right=right.type)

    def closed(self, field: Expression, literal: Expression, sense: ExpressionInfo) -> None:
        """Add a diagnostic for a literal that is not among the values of a closed field."""
        if isinstance(literal, TextLiteral):
            self._value(field, literal.value, sense, literal.location)

    def _value(self, field: Expression, value: str, sense: ExpressionInfo, location: SourceLocation) -> None:
        if sense.values is None or value in sense.values:
            return
        near = nearest(value, sense.values)
        what = field.name if isinstance(field, FieldReference | Name) else "this 此值"
        self.mistakes.add(
            names.NOT_A_VALUE, location, what=what, name=value[:40], nearest_zh=near.zh, nearest_en=near.en
        )

    def _member(self, node: Member, scope: RuleScope) -> ExpressionInfo:
        sense = self.infer_type(node.operand, scope)
        if node.list and node.list not in self._lists:
            self._unknown_list(node.list, node.location)
        elif node.operator != "in":
            self._text_test(node, sense)
        elif sense and node.list and sense.type is not Type.TEXT:
            self.wrong(types.LIST_OF_TEXTS, node.location, type=sense.type)
        elif sense and node.list:
            for value in (value for value in self._own.get(node.list, ()) if not is_prefix(value)):
                self._value(node.operand, value, sense, node.location)
        elif sense:
            self._members(node, sense, scope)
        return _TRUTH

    def _text_test(self, node: Member, sense: ExpressionInfo | None) -> None:
        """Check a search: a text before its operator, texts or one valid pattern behind it."""
        if sense and sense.type is not Type.TEXT:
            self.wrong(types.WRONG_ARGUMENT, node.location, name=node.operator, wanted=Type.TEXT, type=sense.type)
        for value in node.values:
            if not isinstance(value, TextLiteral):
                self.mistakes.add(types.PART_FORM, value.location)
            elif node.operator == "contains" and not value.value:
                self.mistakes.add(types.EMPTY_PART, value.location)
            elif node.operator == "matches" and len(value.value) > MOST_PATTERN:
                self.mistakes.add(limits.LONG_PATTERN, value.location, most=MOST_PATTERN)
            elif node.operator == "matches" and (reason := pattern_error(value.value)):
                self.mistakes.add(types.PATTERN, value.location, reason=reason[:100])

    def _members(self, node: Member, sense: ExpressionInfo, scope: RuleScope) -> None:
        if sense.type in (Type.TRUTH, Type.MOMENT):
            self.wrong(types.NO_MEMBER, node.location, type=sense.type)
            return
        for value in node.values:
            member = self.infer_type(value, scope)
            if member and member.type is not sense.type:
                self._unlike(Binary(value.location, "in", node.operand, value), sense, member)
            self.closed(node.operand, value, sense)

    def _rank(self, node: Rank, scope: RuleScope) -> ExpressionInfo | None:
        sense = self.infer_type(node.value, replace(scope, ranks=False))
        fields = [self.infer_type(field, scope) for field in node.within]
        if not scope.ranks or scope.in_key:
            self.mistakes.add(types.RANK_BY_CLOCK, node.location)
            return None
        if sense and sense.type not in (Type.NUMBER, Type.DURATION):
            self.wrong(types.WRONG_ARGUMENT, node.location, name="rank", wanted=Type.NUMBER, type=sense.type)
            return None
        if not has_window(node.value, scope.lets):
            self.mistakes.add(types.RANK_BY_CLOCK, node.location)
        return ExpressionInfo(Type.NUMBER) if sense and all(fields) else None

    def _points(self, node: Points, scope: RuleScope) -> ExpressionInfo:
        for weight, condition in node.terms:
            self.number(weight, scope, "points")
            self.condition(condition, scope, "points … when")
        return ExpressionInfo(Type.NUMBER)


def infer_type(node: Expression, fact: str) -> Type:
    """Return the type of an expression of a checked rule, read on a fact (inside a window: its source)."""
    mistakes = DiagnosticCollector("", "")
    lists = {part.list for part in walk(node) if isinstance(part, Member | FunctionCall)}
    calls = (part for part in walk(node) if isinstance(part, FunctionCall))
    lists |= {column_list(part.list, part.column) for part in calls}
    sense = ExpressionChecker(mistakes, {}, lists).infer_type(node, RuleScope(fact, {}, ranks=True))
    mistakes.settle()
    if sense is None:
        raise TypeError(f"no type: {node!r}")
    return sense.type
