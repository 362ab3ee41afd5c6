"""Diagnostics of a rule text: location, message in both languages, source line and fix."""

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fanzha.base.errors import FanzhaError
from fanzha.base.words import Words
from fanzha.rules.tree import SourceLocation

MAX_DIAGNOSTICS = 50  # mistakes of one text
_SHOWN = 100  # characters of a line


@dataclass(frozen=True)
class DiagnosticKind:
    """A kind of diagnostic; `example` is a rule text that causes it, used by tests and the reference."""

    code: str
    what: Words
    fix: Words
    example: str


@dataclass(frozen=True)
class Diagnostic:
    """A diagnostic at one location of a rule text."""

    form: DiagnosticKind
    location: SourceLocation
    what: Words
    fix: Words
    line: str  # the source line

    @property
    def code(self) -> str:
        """Code of the kind, such as R101."""
        return self.form.code

    def show(self, name: str, attribute: str = "") -> str:
        """Format location, message, the source line with a caret, and the fix, in both languages.

        `name` is the file of the rule text; `attribute` the Python attribute that holds the text there, if it is one.
        """
        line_number, column = self.location.line, self.location.column
        where = f"{name}: line {line_number} of `{attribute}`:" if attribute else f"{name}:{line_number}:{column}"
        line, caret = _pointed(self.line, column)
        return "\n".join(
            [
                f"{where} {self.code} {self.what.en}  {self.what.zh}",
                f"    {line}",
                f"    {caret}",
                f"  fix: {self.fix.en}",
                f"  改法：{self.fix.zh}",
            ]
        )


class RuleError(FanzhaError):
    """Raised for an invalid rule text; `mistakes` holds all diagnostics in the order of the text.

    `name` is the file; `attribute` is the Python attribute that holds the text, for a text inside a Python file.
    """

    def __init__(self, mistakes: Sequence[Diagnostic], *, name: str = "<text>", attribute: str = "") -> None:
        first = mistakes[0]
        super().__init__(first.what.en, fix=first.fix.en)
        self.mistakes = tuple(mistakes)
        self.name = name
        self.attribute = attribute
        self.code = first.code
        self.line = first.location.line
        self.column = first.location.column

    def __str__(self) -> str:
        count = len(self.mistakes)
        heading = f"{count} mistake{'s' * (count > 1)} in {self.name}  {self.name} 有 {count} 处错误"
        return "\n".join([heading, *(mistake.show(self.name, self.attribute) for mistake in self.mistakes)])


class DiagnosticCollector:
    """Collects the diagnostics of one text."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self._lines = text.split("\n")
        self._found: list[Diagnostic] = []
        self._at: set[tuple[int, str]] = set()

    def add(self, form: DiagnosticKind, location: SourceLocation, **values: object) -> None:
        """Add a diagnostic, at most one of a kind per location and 50 in all."""
        at = (location.line << 32 | location.column, form.code)
        if at in self._at or len(self._found) >= MAX_DIAGNOSTICS:
            return
        self._at.add(at)
        line = self._lines[location.line - 1] if 0 < location.line <= len(self._lines) else ""
        self._found.append(Diagnostic(form, location, form.what.format(**values), form.fix.format(**values), line))

    def in_line(self, line: int) -> bool:
        """Return whether a line already has a diagnostic, so that follow-up errors are suppressed."""
        return any(mistake.location.line == line for mistake in self._found)

    def __len__(self) -> int:
        return len(self._found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Return the diagnostics in the order of the text."""
        return tuple(sorted(self._found, key=lambda found: (found.location.line, found.location.column)))

    def settle(self) -> None:
        """Raise RuleError if there is any diagnostic."""
        if self._found:
            raise RuleError(self.sorted(), name=self.name)


def nearest(word: str, words: Iterable[str], *, max_words: int = 3) -> Words:
    """Return "did you mean" with the names nearest to a word; all names if none is near and they are few."""
    names = sorted(set(words))
    near = difflib.get_close_matches(word[:80], names, n=max_words, cutoff=0.6)
    if near:
        listed = ", ".join(near)
        return Words(f"是否想写 {listed}？", f"did you mean {listed}?")
    if not names:
        return Words("这里没有可用的名称", "there is none to choose from")
    listed = ", ".join(names[:40]) + (", …" if len(names) > 40 else "")
    return Words(f"可用：{listed}", f"choose from {listed}")


def _pointed(line: str, column: int) -> tuple[str, str]:
    """Return a line, shortened if it is long, and the caret line below it; wide characters count as two."""
    start = max(0, column - 1 - _SHOWN // 2) if len(line) > _SHOWN else 0
    visible_text = "".join(c if c.isprintable() or c == "\t" else "·" for c in line[start : start + _SHOWN])
    before = visible_text[: column - 1 - start]
    return visible_text, "".join(c if c == "\t" else " " * _width(c) for c in before) + "^"


def _width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1 - bool(unicodedata.combining(character))
