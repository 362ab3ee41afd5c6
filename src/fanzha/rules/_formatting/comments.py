"""Collect the comments of a text; each belongs to the rule, list or clause it precedes or is in."""

from collections import defaultdict

from fanzha.rules._reading.tokenizer import Token, TokenKind, scan
from fanzha.rules.diagnostics import DiagnosticCollector
from fanzha.rules.words import CLAUSES

#: What a comment belongs to: ("list", name), ("rule", name), (rule, clause), (rule, "let", name),
#: (rule, "example", number from 0), or the END.
Anchor = tuple[str, ...]
END: Anchor = ("end",)

#: What follows the words that begin a clause and may be names too; an example without a title begins with `finds`.
_AFTER = {"version": TokenKind.NUMBER, "sentence": TokenKind.TEXT, "example": TokenKind.TEXT}


def collect_comments(text: str) -> dict[Anchor, list[str]]:
    """Return the comments of a valid text by anchor; an empty line among them is ""."""
    collector = _CommentCollector()
    for token, following in _pair_with_next_word(scan(text, DiagnosticCollector(text, ""))):
        collector.add_token(token, following)
    return {anchor: lines for anchor, lines in collector.found.items() if lines}


def _pair_with_next_word(tokens: list[Token]) -> list[tuple[Token, Token]]:
    words = [token for token in tokens if token.sort is not TokenKind.COMMENT]
    following = dict(zip(map(id, words), [*words[1:], words[-1]], strict=True))
    return [(token, following.get(id(token), token)) for token in tokens]


class _CommentCollector:
    """Assigns the comments among the tokens of a text to rules, lists and clauses."""

    def __init__(self) -> None:
        self.found: dict[Anchor, list[str]] = defaultdict(list)
        self._waiting: list[Token] = []  # comments on lines of their own without an anchor yet
        self._anchor: Anchor = END
        self._rule = ""
        self._examples = 0  # of the rule so far
        self._brackets = 0

    def add_token(self, token: Token, following: Token) -> None:
        if token.sort is TokenKind.COMMENT:
            if token.begins_line:
                self._waiting.append(token)
            else:
                self.found[self._anchor].append(token.text.rstrip())
            return
        if token.sort is TokenKind.SIGN:
            self._brackets += {"(": 1, ")": -1}.get(token.text, 0)
        self._anchor = self._find_anchor(token, following) or self._anchor
        self._assign_waiting(token)

    def _find_anchor(self, token: Token, following: Token) -> Anchor | None:
        """Return the anchor that a token begins, None if it belongs to the current one."""
        if token.sort is TokenKind.END:
            return END
        if token.sort is not TokenKind.WORD or self._brackets:
            return None
        if token.text in ("rule", "list"):
            self._rule, self._examples = following.text if token.text == "rule" else "", 0
            return token.text, following.text
        if token.text == "let":
            return self._rule, "let", following.text
        is_clause = following.text == "finds" or following.sort is _AFTER.get(token.text, following.sort)
        if token.text not in CLAUSES or not is_clause:
            return None
        if token.text == "example":
            self._examples += 1
            return self._rule, "example", str(self._examples - 1)
        return self._rule, token.text

    def _assign_waiting(self, token: Token) -> None:
        """Assign the waiting comments to the current anchor."""
        below = token
        lines: list[str] = []
        for comment in reversed(self._waiting):
            gap = below.location.line - comment.location.line > 1
            if gap and self._anchor[0] in ("rule", "list"):
                lines.append("")
            lines.append(comment.text.rstrip())
            below = comment
        self.found[self._anchor] += reversed(lines)
        self._waiting = []
