"""The token cursor of the parser, with error recovery at the next clause."""

from collections.abc import Container
from typing import NoReturn

from fanzha.rules._diagnostics import grammar
from fanzha.rules._reading.foreign_words import meant
from fanzha.rules._reading.tokenizer import Token, TokenKind
from fanzha.rules.diagnostics import DiagnosticCollector, DiagnosticKind
from fanzha.rules.words import RESERVED

#: Errors that may come from the syntax of another language.
_UNEXPECTED = (grammar.EXPECTED, grammar.EXPECTED_VALUE, grammar.NO_SPAN, grammar.NO_KEY, grammar.UNKNOWN_FUNCTION)


class Stop(Exception):
    """Aborts the current clause after its error was collected."""


class Cursor:
    """Tokens without comments, and a position among them."""

    def __init__(self, tokens: list[Token], mistakes: DiagnosticCollector) -> None:
        self._tokens = [token for token in tokens if token.sort is not TokenKind.COMMENT]
        self._at = 0
        self.mistakes = mistakes

    @property
    def next(self) -> Token:
        """The next token; END is never consumed."""
        return self._tokens[self._at]

    @property
    def after_next(self) -> Token:
        """The token after the next one."""
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Return the next token and advance."""
        token = self.next
        if token.sort is not TokenKind.END:
            self._at += 1
        return token

    def sees(self, *words: str) -> bool:
        """Return whether the next token is one of these words or signs."""
        return self.next.text in words and self.next.sort in (TokenKind.WORD, TokenKind.SIGN)

    def accept(self, *words: str) -> Token | None:
        """Consume the next token if it is one of these words or signs."""
        return self.take() if self.sees(*words) else None

    def expect(self, word: str) -> Token:
        """Consume this word or sign, or stop."""
        return self.accept(word) or self.stop(grammar.EXPECTED, expected=f"`{word}`", found=self.next)

    def expect_sort(self, sort: TokenKind, expected: str) -> Token:
        """Consume a token of this kind, or stop."""
        if self.next.sort is not sort:
            self.stop(grammar.EXPECTED, expected=expected, found=self.next)
        return self.take()

    def name(self, expected: str, *, but: Container[str] = ()) -> Token:
        """Consume a name, or stop; reserved words are not names, except those in `but`."""
        token = self.expect_sort(TokenKind.WORD, expected)
        if token.text in RESERVED and token.text not in but:
            self.stop(grammar.RESERVED_NAME, token, name=token.text)
        return token

    def stop(self, form: DiagnosticKind, token: Token | None = None, **values: object) -> NoReturn:
        """Add a diagnostic at a token (by default the next) and abort the clause; skip follow-up errors in a line."""
        at = token or self.next
        if not self.mistakes.in_line(at.location.line):
            place = self._at - (at is self._tokens[self._at - 1])  # the token may have been consumed
            before, after = self._tokens[max(place - 1, 0)], self._tokens[min(place + 1, len(self._tokens) - 1)]
            is_unexpected = form in _UNEXPECTED or (form is grammar.RESERVED_NAME and before.text == "(")
            if is_unexpected and (right := meant(before, at, after)):
                form, values = grammar.OTHER_WORD, {"word": at, "right": right}
            self.mistakes.add(form, at.location, **values)
        raise Stop

    def skip_to(self, heads: Container[str]) -> None:
        """Skip to the next line that begins with one of these words."""
        while not (self.next.sort is TokenKind.END or (self.next.begins_line and self.next.text in heads)):
            self.take()
