"""Recursive-descent parser of expressions: one method per grammar rule (docs/reference/rules.md)."""

from collections.abc import Callable, Collection

from fanzha.rules._diagnostics import grammar, limits
from fanzha.rules._reading.cursor import Cursor
from fanzha.rules._reading.tokenizer import Token, TokenKind
from fanzha.rules._reading.windows import read_after, read_window
from fanzha.rules.diagnostics import nearest
from fanzha.rules.tree import (
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
    TextLiteral,
    Unary,
)
from fanzha.rules.words import COMPARISONS, FREE_FUNCTIONS, FUNCTIONS, MEMBERSHIPS, MOST_NESTED, RESERVED, WINDOWS


class Expressions:
    """Parser of the expressions of one rule; `lets` are the names assigned so far."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.lets: Collection[str] = ()
        self._nested = 0

    def begin(self) -> None:
        """Reset the nesting depth, also after a parse that failed inside brackets."""
        self._nested = 0

    def whole(self) -> Expression:
        """Parse the expression of a clause."""
        self.begin()
        return self.expression()

    def expression(self) -> Expression:
        """Read `and_expr { "or" and_expr }`."""
        return self.deeper(self._or)

    def deeper(self, read: Callable[[], Expression]) -> Expression:
        """Parse a nested expression up to the maximum depth."""
        self._nested += 1
        if self._nested > MOST_NESTED:
            self.cursor.stop(limits.TOO_DEEP)
        node = read()
        self._nested -= 1
        return node

    def _or(self) -> Expression:
        left = self._and()
        while sign := self.cursor.accept("or"):
            left = Binary(sign.location, "or", left, self._and())
        return left

    def _and(self) -> Expression:
        left = self._not()
        while sign := self.cursor.accept("and"):
            left = Binary(sign.location, "and", left, self._not())
        return left

    def _not(self) -> Expression:
        signs = self._signs("not")
        node = self._comparison()
        for sign in reversed(signs):
            node = Unary(sign.location, "not", node)
        return node

    def _comparison(self) -> Expression:
        left = self.sum()
        cursor = self.cursor
        if sign := cursor.accept(*COMPARISONS):
            node: Expression = Binary(sign.location, sign.text, left, self.sum())
        elif sign := cursor.accept("is"):
            negated = cursor.accept("not") is not None
            cursor.expect("known")
            node = IsKnown(sign.location, left, negated)
        elif cursor.sees(*MEMBERSHIPS) or (cursor.sees("not") and cursor.after_next.text in MEMBERSHIPS):
            node = self._member(left)
        else:
            return left
        if cursor.sees(*COMPARISONS, "is", *MEMBERSHIPS):
            cursor.stop(grammar.CHAINED)
        return node

    def _member(self, operand: Expression) -> Expression:
        cursor = self.cursor
        negated = cursor.accept("not") is not None
        sign = cursor.take()
        name, values = "", list[Expression]()
        if sign.text == "matches" or (sign.text == "contains" and cursor.next.sort is TokenKind.TEXT):
            token = cursor.expect_sort(TokenKind.TEXT, 'a "pattern"' if sign.text == "matches" else 'a "text"')
            values = [TextLiteral(token.location, token.text)]
        elif cursor.accept("("):
            values = [parse_literal(cursor)]
            while cursor.accept(","):
                values.append(parse_literal(cursor))
            cursor.expect(")")
        elif cursor.next.sort is TokenKind.WORD:
            name = cursor.name("a list's name").text
        else:
            cursor.stop(grammar.NOT_A_MEMBER, operator=sign.text, found=cursor.next)
        return Member(sign.location, operand, name, tuple(values), negated, sign.text)

    def sum(self) -> Expression:
        """Read `term { ( "+" | "-" ) term }`."""
        left = self._term()
        while sign := self.cursor.accept("+", "-"):
            left = Binary(sign.location, sign.text, left, self._term())
        return left

    def _term(self) -> Expression:
        left = self.otherwise()
        while sign := self.cursor.accept("*", "/"):
            left = Binary(sign.location, sign.text, left, self.otherwise())
        return left

    def otherwise(self) -> Expression:
        """Read `factor [ "else" factor ]`."""
        left = self._factor()
        if sign := self.cursor.accept("else"):
            left = Binary(sign.location, "else", left, self._factor())
            if self.cursor.sees("else"):
                self.cursor.stop(grammar.ELSE_CHAIN)
        return left

    def _factor(self) -> Expression:
        signs = self._signs("-")
        node = self._plain()
        for sign in reversed(signs):
            node = Unary(sign.location, "-", node)
        return node

    def _signs(self, word: str) -> list[Token]:
        signs = []
        while sign := self.cursor.accept(word):
            signs.append(sign)
        return signs

    def _plain(self) -> Expression:
        cursor = self.cursor
        token = cursor.next
        if token.sort is TokenKind.NUMBER:
            return _number(cursor.take())
        if token.sort is TokenKind.TEXT:
            return TextLiteral(token.location, cursor.take().text)
        if cursor.accept("("):
            inside = self.expression()
            cursor.expect(")")
            return inside
        if token.sort is TokenKind.WORD:
            return self._word()
        cursor.stop(grammar.EXPECTED_VALUE, found=token)

    def _word(self) -> Expression:
        token = self.cursor.next
        if truth := self.cursor.accept("true", "false"):
            return BooleanLiteral(token.location, truth.text == "true")
        if token.text in WINDOWS and (token.text in RESERVED or self.cursor.after_next.text == "("):
            return read_window(self)
        if token.text in FUNCTIONS and (token.text not in FREE_FUNCTIONS or self._opens_bracket()):
            return self._function()
        if token.text == "points":
            return self._points()
        if token.text == "rank" and self._opens_bracket():
            return self._rank()
        if token.text == "after" and self.cursor.after_next.text == "(":
            return read_after(self)
        if token.text in RESERVED:
            self.cursor.stop(grammar.EXPECTED_VALUE, found=token)
        if self._opens_bracket():
            near = nearest(token.text, (*WINDOWS, *FUNCTIONS, "points", "after", "rank"))
            self.cursor.stop(grammar.UNKNOWN_FUNCTION, name=token.text, nearest_zh=near.zh, nearest_en=near.en)
        self.cursor.take()
        return (Name if token.text in self.lets else FieldReference)(token.location, token.text)

    def _opens_bracket(self) -> bool:
        """Return whether a bracket opens after the next token."""
        return self.cursor.after_next.text == "(" and self.cursor.after_next.sort is TokenKind.SIGN

    def _function(self) -> Expression:
        cursor = self.cursor
        function = cursor.take()
        cursor.expect("(")
        if function.text == "attribute":
            return self._attribute(function)
        argument = self.expression()
        if function.text == "profile":
            return self._profile(function, argument)
        count = None
        if comma := cursor.accept(","):
            if not FUNCTIONS[function.text]:
                cursor.stop(grammar.NO_ARGUMENT, comma, name=function.text)
            count = whole_number(cursor)
        elif FUNCTIONS[function.text]:
            cursor.stop(grammar.COUNT_ARGUMENT, function, name=function.text)
        cursor.expect(")")
        return FunctionCall(function.location, function.text, argument, count)

    def _rank(self) -> Expression:
        """Read `rank(x within FIELD, …)`."""
        cursor = self.cursor
        location = cursor.take().location
        cursor.expect("(")
        value, fields = self.expression(), list[Expression]()
        if cursor.accept("within"):
            fields.append(self._field_name())
            while cursor.accept(","):
                fields.append(self._field_name())
        cursor.expect(")")
        return Rank(location, value, tuple(fields))

    def _field_name(self) -> FieldReference:
        token = self.cursor.name("a field, say trunk")
        return FieldReference(token.location, token.text)

    def _attribute(self, function: Token) -> Expression:
        """Read `x in LIST, COLUMN)`."""
        cursor = self.cursor
        argument = self.deeper(self.sum)
        cursor.expect("in")
        name = cursor.name("a list's name").text
        cursor.expect(",")
        column = cursor.name("a column of the list").text
        cursor.expect(")")
        return FunctionCall(function.location, function.text, argument, None, name, column)

    def _profile(self, function: Token, argument: Expression) -> Expression:
        """Read `, FIELD)`."""
        cursor = self.cursor
        cursor.expect(",")
        column = cursor.name("a field of registration, say plan").text
        cursor.expect(")")
        return FunctionCall(function.location, function.text, argument, column=column)

    def _points(self) -> Expression:
        cursor = self.cursor
        location = cursor.take().location
        cursor.expect("(")
        terms = [self._weighted()]
        while cursor.accept(","):
            terms.append(self._weighted())
        cursor.expect(")")
        return Points(location, tuple(terms))

    def _weighted(self) -> tuple[Expression, Expression]:
        weight = self.expression()
        self.cursor.expect("when")
        return weight, self.expression()


def parse_literal(cursor: Cursor) -> Expression:
    """Consume a number or a text, or stop."""
    token = cursor.next
    if token.sort is TokenKind.NUMBER:
        return _number(cursor.take())
    return TextLiteral(token.location, cursor.expect_sort(TokenKind.TEXT, 'a number or a "text"').text)


def whole_number(cursor: Cursor) -> int:
    """Consume a whole number of at least 1 without a unit, or stop."""
    token = cursor.next
    if token.sort is not TokenKind.NUMBER or not token.text.isdecimal() or token.number < 1:
        cursor.stop(grammar.NOT_WHOLE, found=token)
    return int(cursor.take().text)


def _number(token: Token) -> NumberLiteral:
    return NumberLiteral(token.location, token.number, token.type, token.text)
