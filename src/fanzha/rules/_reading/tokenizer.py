"""Split a rule text into words, numbers, texts and signs; an invalid piece is reported and read as its correction."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from fanzha.rules._diagnostics import signs
from fanzha.rules._formatting.expressions import format_duration
from fanzha.rules.catalog import find_alias
from fanzha.rules.diagnostics import DiagnosticCollector
from fanzha.rules.tree import SourceLocation, Type
from fanzha.rules.words import CHINESE_WORDS, DAYS_OF_UNIT, MOST_DIGITS, MOST_NAME, UNIT_MEANT, UNITS


class TokenKind(Enum):
    """The kind of a token."""

    WORD = "word"
    NUMBER = "number"
    TEXT = "text"
    SIGN = "sign"
    COMMENT = "comment"
    END = "end"


@dataclass(frozen=True)
class Token:
    """A token; `text` is a normalised word or sign, a text without quotes, or a number as written."""

    sort: TokenKind
    text: str
    location: SourceLocation
    begins_line: bool = False
    number: float = 0.0
    type: Type = Type.NUMBER

    def __str__(self) -> str:
        """Return the token as shown in error messages."""
        if self.sort is TokenKind.END:
            return "the end 结尾"
        display = self.text if len(self.text) <= 40 else self.text[:40] + "…"
        return f'"{display}"' if self.sort is TokenKind.TEXT else display


_PIECE = re.compile(
    r"""(?P<space>[ \t\r]+)
    |(?P<line>\n)
    |(?P<comment>\#[^\n]*)
    |(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+))
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |"(?P<text>(?:[^"\\\n]|\\[^\n]|\\(?=\n|\Z))*)(?P<closed>"?)
    |'(?P<quoted>[^'\n]*)'?
    |[“”„＂「『](?P<wide_text>[^"“”„＂」』\n]*)["“”„＂」』]?
    |(?P<wrong>=~|~|==|&&|\|\||<>|=<|=>|&|\||!(?!=))
    |(?P<sign>>=|<=|!=|[()=<>,+\-*/])
    |(?P<wide>[\uff01-\uff5e\u3001\u3000\u00a0≥≤≠×÷−–—]+)
    |(?P<foreign>[^\W\d_a-zA-Z]\w*)
    |(?P<other>.)""",
    re.X | re.S,
)
_UNIT = re.compile(
    r"[ \t]*(%)|[ \t]*(毫秒|秒钟?|分钟?|时|个?小时|天|日|周|星期|个?月|次|个|人|条|通)"
    r"|([A-Za-z_][A-Za-z0-9_]*)|[ \t]+([a-z]+)(?![A-Za-z0-9_])"
)
_COUNTERS = frozenset("次个人条通")  # measure words, which a number has none of
_PART = re.compile(r"([0-9]+)(ms|s|min|h|days?)(?![a-z])")
_COMPOUND = re.compile(r"(?:[0-9]{1,6}(?:ms|s|min|h|days?)(?![a-z])){2,4}")
_RIGHT = {
    "=~": "matches",
    "~": "matches",
    "==": "=",
    "&&": "and",
    "||": "or",
    "<>": "!=",
    "=<": "<=",
    "=>": ">=",
    "&": "and",
    "|": "or",
    "!": "not",
}
_WIDE = {"、": ",", "　": " ", "\u00a0": " ", "≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "÷": "/"}
_WIDE |= dict.fromkeys("−–—", "-") | {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}
_BAD_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ESCAPE = re.compile(r"\\(.?)", re.S)
_QUOTE = re.compile(r'\\(")|(\\.)', re.S)  # the escapes of a pattern: of the quote; all others belong to the pattern


def scan(text: str, mistakes: DiagnosticCollector) -> list[Token]:
    """Return the tokens of a text, comments among them, and END as the last."""
    return list(_Scanner(text, mistakes).tokens())


class _Scanner:
    """Scanner of one text, in a single pass."""

    def __init__(self, text: str, mistakes: DiagnosticCollector) -> None:
        self._text = text
        self._mistakes = mistakes
        self._line, self._line_start = 1, 0
        self._fresh = True  # only white space precedes in this line
        self._at = 0
        self._word_before = ""  # the token before, if it is a word

    def tokens(self) -> Iterator[Token]:
        while self._at < len(self._text):
            match = _PIECE.match(self._text, self._at)
            assert match is not None  # every character is one of them
            self._at = match.end()
            location = SourceLocation(self._line, match.start() - self._line_start + 1)
            yield from self._of(match, location)
        yield Token(TokenKind.END, "", SourceLocation(self._line, len(self._text) - self._line_start + 1), True)

    def _of(self, match: "re.Match[str]", location: SourceLocation) -> Iterator[Token]:
        if match["space"]:
            return
        if match["line"]:
            self._line, self._line_start, self._fresh = self._line + 1, match.end(), True
            return
        begins, self._fresh = self._fresh, False
        for token in self._read(match, location):
            self._word_before = token.text if token.sort is TokenKind.WORD else ""
            yield Token(token.sort, token.text, token.location, begins, token.number, token.type)
            begins = False

    def _read(self, match: "re.Match[str]", location: SourceLocation) -> Iterator[Token]:
        """Yield the token of one piece, or of its correction."""
        sort = match.lastgroup
        piece = match[0]
        if sort == "comment":
            yield Token(TokenKind.COMMENT, piece, location)
        elif sort == "word":
            yield self._word(piece, location)
        elif sort == "number":
            yield self._number(piece, location)
        elif sort in ("text", "closed", "quoted", "wide_text"):
            yield self._string(match, location)
        elif sort == "sign":
            yield Token(TokenKind.SIGN, piece, location)
        elif sort == "wrong":
            self._mistakes.add(signs.WRONG_SIGN, location, sign=piece, right=_RIGHT[piece])
            right = _RIGHT[piece]
            yield Token(TokenKind.WORD if right.isalpha() else TokenKind.SIGN, right, location)
        elif sort == "wide":
            yield from self._wide(piece, location)
        elif sort == "foreign":
            yield self._foreign(piece, location)
        else:
            self._mistakes.add(signs.UNKNOWN_SIGN, location, sign=_printable(piece))

    def _foreign(self, word: str, location: SourceLocation) -> Token:
        """Report a word in other letters, with the word of the language that it means, if it is known."""
        right = CHINESE_WORDS.get(word) or find_alias(word)
        if right:
            self._mistakes.add(signs.CHINESE_WORD, location, word=word[:40], right=right)
        else:
            self._mistakes.add(signs.FOREIGN_NAME, location, word=word[:40])
        return Token(TokenKind.WORD, right if right.isidentifier() else word, location)

    def _word(self, word: str, location: SourceLocation) -> Token:
        if len(word) > MOST_NAME:
            self._mistakes.add(signs.LONG_NAME, location, most=MOST_NAME)
        elif word != word.lower():
            self._mistakes.add(signs.UPPER_CASE, location, word=word, lower=word.lower())
        return Token(TokenKind.WORD, word.lower(), location)

    def _number(self, digits: str, location: SourceLocation) -> Token:
        """Return a number with the unit that follows it."""
        if digits.startswith("."):
            self._mistakes.add(signs.NUMBER_FORM, location, number=digits[:40], right=f"0{digits}"[:40])
        if max(map(len, digits.split("."))) > MOST_DIGITS:
            self._mistakes.add(signs.LONG_NUMBER, location, most=MOST_DIGITS)
            digits = "1"
        unit = self._unit(digits, location)
        value = Decimal(digits)
        if unit in ("", "%"):
            return Token(TokenKind.NUMBER, f"{digits}{unit}", location, number=float(value / 100 if unit else value))
        ms = value * UNITS[unit]
        if ms != ms.to_integral_value():
            self._mistakes.add(signs.PART_OF_MS, location, number=f"{digits} {unit}")
        if ms >= 10**MOST_DIGITS:
            self._mistakes.add(signs.LONG_NUMBER, location, most=MOST_DIGITS)
        written = f"{digits}{'' if unit == 'h' else ' '}{unit}"
        return Token(TokenKind.NUMBER, written, location, number=float(ms), type=Type.DURATION)

    def _unit(self, digits: str, location: SourceLocation) -> str:
        """Read the unit after a number, "" if there is none; an invalid unit is reported and corrected."""
        match = _UNIT.match(self._text, self._at)
        if not match:
            return ""
        percent, chinese, joined, apart = match.groups()
        word = percent or chinese or joined or apart
        if apart and apart not in UNITS and apart not in UNIT_MEANT and apart not in DAYS_OF_UNIT:
            return ""
        self._at = match.end()
        if word in UNITS or percent:
            return str(word)
        if pieces := _COMPOUND.fullmatch(f"{digits}{word}"):
            return self._compound(pieces[0], location)
        if re.fullmatch(r"(_\d{3})+", word):
            self._mistakes.add(
                signs.NUMBER_FORM, location, number=f"{digits}{word}"[:40], right=digits + word.replace("_", "")
            )
            return ""
        if word in _COUNTERS:
            self._mistakes.add(signs.NUMBER_FORM, location, number=f"{digits} {word}"[:40], right=digits)
            return ""
        if (days := DAYS_OF_UNIT.get(word.lower())) and digits.isdecimal():
            number, total = f"{digits} {word}", f"{int(digits) * days} days"
            self._mistakes.add(signs.NUMBER_FORM, location, number=number[:40], right=total)
            return "days"
        right = UNIT_MEANT.get(word.lower(), "" if word.lower() not in UNITS else word.lower())
        self._mistakes.add(signs.UNKNOWN_UNIT, location, unit=word[:40], number=digits, right=right or "s")
        return right

    def _compound(self, written: str, location: SourceLocation) -> str:
        """Report a duration in several units (1h30min); only the first is read."""
        pieces: list[tuple[str, str]] = _PART.findall(written)
        total = format_duration(sum(int(number) * UNITS[unit] for number, unit in pieces))
        self._mistakes.add(signs.NUMBER_FORM, location, number=written[:40], right=total)
        return pieces[0][1]

    def _string(self, match: "re.Match[str]", location: SourceLocation) -> Token:
        """Return a text without its quotes and escapes."""
        if match["wide_text"] is not None:
            self._mistakes.add(signs.WIDE_SIGN, location, sign=match[0][0], ascii='"')
            return Token(TokenKind.TEXT, match["wide_text"], location)
        if match["quoted"] is not None:
            self._mistakes.add(signs.WRONG_SIGN, location, sign="'", right='"')
            return Token(TokenKind.TEXT, match["quoted"], location)
        if not match["closed"]:
            self._mistakes.add(signs.OPEN_TEXT, location)
        inside = match["text"]
        is_pattern = self._word_before == "matches"
        for escape in _ESCAPE.finditer(inside):
            if escape[1] not in ('"', "\\") and match["closed"] and not is_pattern:
                self._mistakes.add(signs.ESCAPE, location, sign=_printable(escape[0]))
        for character in inside:
            if unicodedata.category(character) in _BAD_CATEGORIES or character in _TURNING:
                self._mistakes.add(signs.HIDDEN_SIGN, location, sign=_printable(character))
        escapes = _QUOTE if is_pattern else _ESCAPE
        return Token(TokenKind.TEXT, escapes.sub(_unescape, inside), location)

    def _wide(self, piece: str, location: SourceLocation) -> Iterator[Token]:
        """Report full-width signs and read them as their ASCII counterparts."""
        meant = "".join(_WIDE.get(character, character) for character in piece)
        display = meant.strip() or "a space"
        self._mistakes.add(
            signs.WIDE_SIGN, location, sign=piece.strip()[:40] or _printable(piece[0]), ascii=display[:40]
        )
        for match in _PIECE.finditer(meant):
            if match.lastgroup == "number":
                yield Token(TokenKind.NUMBER, match[0], location)
            elif match.lastgroup in ("word", "sign"):
                yield Token(TokenKind(match.lastgroup), match[0].lower(), location)


def _unescape(escape: "re.Match[str]") -> str:
    """Return the character of an escape; an escape of a pattern is kept with its backslash."""
    return next((part for part in escape.groups() if part), "")


def _printable(piece: str) -> str:
    """Return a text with unprintable characters replaced by their code points."""
    return "".join(c if c.isprintable() and not c.isspace() else f"U+{ord(c):04X}" for c in piece)
