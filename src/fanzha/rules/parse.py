"""Parse a rule text into a tree, or raise all its errors at once."""

from fanzha.rules._diagnostics import grammar, limits, signs
from fanzha.rules._reading.clauses import Clauses
from fanzha.rules._reading.cursor import Cursor, Stop
from fanzha.rules._reading.tokenizer import Token, TokenKind, scan
from fanzha.rules.diagnostics import DiagnosticCollector
from fanzha.rules.tree import Rule, RuleFile, SourceLocation
from fanzha.rules.words import MOST_TEXT


def parse(text: str, *, name: str = "<text>") -> RuleFile:
    """Return the tree of a rule text. Raise RuleError with all grammar errors."""
    mistakes = DiagnosticCollector(text, name)
    if len(text) > MOST_TEXT:
        mistakes.add(limits.LONG_TEXT, SourceLocation(1, 1), most=MOST_TEXT)
        mistakes.settle()
    file = _FileParser(scan(text, mistakes), mistakes).file()
    mistakes.settle()
    return RuleFile(tuple(file.rules), dict(file.lists), text, name)


def decoded(data: bytes, *, name: str = "<text>") -> str:
    """Decode the bytes of a rule file without a byte order mark. Raise RuleError if they are not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8-sig", "replace")
        mistakes = DiagnosticCollector(data.decode("utf-8-sig", "replace"), name)
        mistakes.add(signs.NOT_UTF8, SourceLocation(good.count("\n") + 1, len(good) - good.rfind("\n")))
        mistakes.settle()
        raise


class _FileParser:
    """Parser of one text; collects its rules and lists."""

    def __init__(self, tokens: list[Token], mistakes: DiagnosticCollector) -> None:
        self._cursor = Cursor(tokens, mistakes)
        self._clauses = Clauses(self._cursor)
        self._names: set[tuple[str, str]] = set()
        self.rules: list[Rule] = []
        self.lists: dict[str, tuple[str, ...]] = {}

    def file(self) -> "_FileParser":
        """Parse the whole text."""
        cursor = self._cursor
        if cursor.next.sort is TokenKind.END:
            cursor.mistakes.add(grammar.EMPTY, cursor.next.location)
        while cursor.next.sort is not TokenKind.END:
            try:
                self._parse_statement()
            except Stop:
                cursor.skip_to(("rule", "list"))
        return self

    def _parse_statement(self) -> None:
        cursor = self._cursor
        if cursor.sees("rule"):
            self._register_name("rule", cursor.after_next)
            if rule := self._clauses.rule():
                self.rules.append(rule)
        elif cursor.sees("list"):
            name, lists = self._clauses.parse_list()
            self._register_name("list", name)
            self.lists |= lists
        else:
            cursor.stop(grammar.NO_RULE, found=cursor.next)

    def _register_name(self, sort: str, name: Token) -> None:
        """Register a name; add a diagnostic if the file already has it."""
        if (sort, name.text) in self._names:
            self._cursor.mistakes.add(grammar.NAME_TWICE, name.location, sort=sort, name=name.text)
        self._names.add((sort, name.text))
