"""Reads expressions by recursive descent: one method a line of the grammar (docs/reference/rules.md)."""

from collections.abc import Callable, Collection

from fanzha.rules._mistakes import grammar, limits
from fanzha.rules._reading.cursor import Cursor
from fanzha.rules._reading.scan import Sort, Token
from fanzha.rules._reading.windows import read_window
from fanzha.rules.mistakes import nearest
from fanzha.rules.tree import Binary, Call, Field, Known, Member, Name, Node, Number, Points, Text, Truth, Unary
from fanzha.rules.words import COMPARISONS, FUNCTIONS, MOST_NESTED, RESERVED, WINDOWS


class Expressions:
    """Reads the expressions of one rule; `lets` are the names assigned so far."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.lets: Collection[str] = ()
        self._nested = 0

    def whole(self) -> Node:
        """Read the expression of a clause."""
        self._nested = 0
        return self.expression()

    def expression(self) -> Node:
        """Read `and_expr { "or" and_expr }`."""
        return self.deeper(self._or)

    def deeper(self, read: Callable[[], Node]) -> Node:
        """Read an expression within another, no more than so many within each other."""
        self._nested += 1
        if self._nested > MOST_NESTED:
            self.cursor.stop(limits.TOO_DEEP)
        node = read()
        self._nested -= 1
        return node

    def _or(self) -> Node:
        left = self._and()
        while sign := self.cursor.accept("or"):
            left = Binary(sign.place, "or", left, self._and())
        return left

    def _and(self) -> Node:
        left = self._not()
        while sign := self.cursor.accept("and"):
            left = Binary(sign.place, "and", left, self._not())
        return left

    def _not(self) -> Node:
        signs = self._signs("not")
        node = self._comparison()
        for sign in reversed(signs):
            node = Unary(sign.place, "not", node)
        return node

    def _comparison(self) -> Node:
        left = self.sum()
        cursor = self.cursor
        if sign := cursor.accept(*COMPARISONS):
            node: Node = Binary(sign.place, sign.text, left, self.sum())
        elif sign := cursor.accept("is"):
            negated = cursor.accept("not") is not None
            cursor.expect("known")
            node = Known(sign.place, left, negated)
        elif cursor.sees("in") or (cursor.sees("not") and cursor.after_next.text == "in"):
            node = self._member(left)
        else:
            return left
        if cursor.sees(*COMPARISONS, "is", "in"):
            cursor.stop(grammar.CHAINED)
        return node

    def _member(self, operand: Node) -> Node:
        cursor = self.cursor
        negated = cursor.accept("not") is not None
        sign = cursor.expect("in")
        if not cursor.accept("("):
            if cursor.next.sort is not Sort.WORD:
                cursor.stop(grammar.NOT_A_MEMBER, found=cursor.next)
            return Member(sign.place, operand, cursor.name("a list's name").text, (), negated)
        values = [self._literal()]
        while cursor.accept(","):
            values.append(self._literal())
        cursor.expect(")")
        return Member(sign.place, operand, "", tuple(values), negated)

    def _literal(self) -> Node:
        token = self.cursor.next
        if token.sort is Sort.NUMBER:
            return _number(self.cursor.take())
        return Text(token.place, self.cursor.expect_sort(Sort.TEXT, 'a number or a "text"').text)

    def sum(self) -> Node:
        """Read `term { ( "+" | "-" ) term }`."""
        left = self._term()
        while sign := self.cursor.accept("+", "-"):
            left = Binary(sign.place, sign.text, left, self._term())
        return left

    def _term(self) -> Node:
        left = self.otherwise()
        while sign := self.cursor.accept("*", "/"):
            left = Binary(sign.place, sign.text, left, self.otherwise())
        return left

    def otherwise(self) -> Node:
        """Read `factor [ "else" factor ]`."""
        left = self._factor()
        if sign := self.cursor.accept("else"):
            left = Binary(sign.place, "else", left, self._factor())
            if self.cursor.sees("else"):
                self.cursor.stop(grammar.ELSE_CHAIN)
        return left

    def _factor(self) -> Node:
        signs = self._signs("-")
        node = self._plain()
        for sign in reversed(signs):
            node = Unary(sign.place, "-", node)
        return node

    def _signs(self, word: str) -> list[Token]:
        signs = []
        while sign := self.cursor.accept(word):
            signs.append(sign)
        return signs

    def _plain(self) -> Node:
        cursor = self.cursor
        token = cursor.next
        if token.sort is Sort.NUMBER:
            return _number(cursor.take())
        if token.sort is Sort.TEXT:
            return Text(token.place, cursor.take().text)
        if cursor.accept("("):
            inside = self.expression()
            cursor.expect(")")
            return inside
        if token.sort is Sort.WORD:
            return self._word()
        cursor.stop(grammar.EXPECTED_VALUE, found=token)

    def _word(self) -> Node:
        token = self.cursor.next
        if truth := self.cursor.accept("true", "false"):
            return Truth(token.place, truth.text == "true")
        if token.text in WINDOWS:
            return read_window(self)
        if token.text in FUNCTIONS:
            return self._function()
        if token.text == "points":
            return self._points()
        if token.text in RESERVED:
            self.cursor.stop(grammar.EXPECTED_VALUE, found=token)
        if self.cursor.after_next.text == "(" and self.cursor.after_next.sort is Sort.SIGN:
            near = nearest(token.text, (*WINDOWS, *FUNCTIONS, "points"))
            self.cursor.stop(grammar.UNKNOWN_FUNCTION, name=token.text, nearest_zh=near.zh, nearest_en=near.en)
        self.cursor.take()
        return (Name if token.text in self.lets else Field)(token.place, token.text)

    def _function(self) -> Node:
        cursor = self.cursor
        function = cursor.take()
        cursor.expect("(")
        argument = self.expression()
        count = None
        if comma := cursor.accept(","):
            if not FUNCTIONS[function.text]:
                cursor.stop(grammar.NO_ARGUMENT, comma, name=function.text)
            count = whole_number(cursor)
        elif FUNCTIONS[function.text]:
            cursor.stop(grammar.COUNT_ARGUMENT, function, name=function.text)
        cursor.expect(")")
        return Call(function.place, function.text, argument, count)

    def _points(self) -> Node:
        cursor = self.cursor
        place = cursor.take().place
        cursor.expect("(")
        terms = [self._weighted()]
        while cursor.accept(","):
            terms.append(self._weighted())
        cursor.expect(")")
        return Points(place, tuple(terms))

    def _weighted(self) -> tuple[Node, Node]:
        weight = self.expression()
        self.cursor.expect("when")
        return weight, self.expression()


def whole_number(cursor: Cursor) -> int:
    """Take a whole number from 1 on, without a unit, or stop."""
    token = cursor.next
    if token.sort is not Sort.NUMBER or not token.text.isdecimal() or token.number < 1:
        cursor.stop(grammar.NOT_WHOLE, found=token)
    return int(cursor.take().text)


def _number(token: Token) -> Number:
    return Number(token.place, token.number, token.type, token.text)
