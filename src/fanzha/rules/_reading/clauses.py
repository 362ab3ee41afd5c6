"""Parse rules clause by clause, and lists; after an invalid clause parsing continues with the next one."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from fanzha.base.words import Words
from fanzha.rules._diagnostics import grammar, limits
from fanzha.rules._reading.cursor import Cursor, Stop
from fanzha.rules._reading.examples import read_example
from fanzha.rules._reading.expressions import Expressions, whole_number
from fanzha.rules._reading.extent import extent
from fanzha.rules._reading.lists import read_list
from fanzha.rules._reading.sentences import read_sentence
from fanzha.rules._reading.tokenizer import Token, TokenKind
from fanzha.rules._reading.windows import duration, read_absent
from fanzha.rules.tree import DecisionPoint, Expression, Rule, RuleExample, RuleSentence, SourceLocation
from fanzha.rules.words import (
    CLAUSES,
    DEFAULT_AGAIN_MS,
    DEFAULT_FRAUD_TYPE,
    HEADS,
    MOST_DEPTH,
    NEEDED,
    WAITS,
)

_LINES = {"on": "on call_ended", "when": "when CONDITION", "then": "then find SUBJECT as FRAUD_TYPE score 0.7"}


@dataclass
class _Draft:
    """The parsed parts of a rule."""

    name: Token
    title: Words
    version: int = 1
    law: str = ""
    on: DecisionPoint | None = None
    lets: list[tuple[str, Expression]] = field(default_factory=list)
    when: Expression | None = None
    unless: Expression | None = None
    find: str = ""
    notes: bool = False
    fraud_type: str = DEFAULT_FRAUD_TYPE
    score: Expression | None = None
    again_after: int = DEFAULT_AGAIN_MS
    sentence: RuleSentence | None = None
    examples: list[RuleExample] = field(default_factory=list)
    locations: dict[str, SourceLocation] = field(default_factory=dict)

    def rule(self, location: SourceLocation) -> Rule | None:
        """Return the rule, None if a required part is missing."""
        if self.on is None or self.when is None or self.score is None:
            return None
        return Rule(
            name=self.name.text,
            title=self.title,
            version=self.version,
            law=self.law,
            on=self.on,
            lets=tuple(self.lets),
            when=self.when,
            unless=self.unless,
            find=self.find,
            notes=self.notes,
            fraud_type=self.fraud_type,
            score=self.score,
            again_after=self.again_after,
            location=location,
            sentence=self.sentence,
            examples=tuple(self.examples),
            locations=self.locations,
        )


class Clauses:
    """Parser of rules and lists."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._expressions = Expressions(cursor)

    def parse_list(self) -> tuple[Token, dict[str, tuple[str, ...]]]:
        """Parse a list; return its name, and its texts and columns by name."""
        return read_list(self._cursor)

    def rule(self) -> Rule | None:
        """Parse a rule; return None if it has errors, which are collected."""
        cursor = self._cursor
        location = cursor.take().location
        before = len(cursor.mistakes)
        try:
            draft = self._header()
        except Stop:
            cursor.skip_to(("rule", "list"))
            return None
        self._expressions.lets = ()
        clauses = self._parse_clauses(draft)
        for clause in NEEDED:
            if clause not in clauses and not cursor.mistakes.in_line(draft.name.location.line):
                message_values = {"clause": clause, "line": _LINES[clause]}
                cursor.mistakes.add(grammar.MISSING_CLAUSE, draft.name.location, **message_values)
        return draft.rule(location) if len(cursor.mistakes) == before else None

    def _header(self) -> _Draft:
        cursor = self._cursor
        name = cursor.name("the name of the rule")
        if cursor.next.sort is not TokenKind.TEXT:
            return _Draft(name, Words(name.text, name.text))
        chinese = cursor.take()
        if cursor.next.sort is not TokenKind.TEXT:
            cursor.stop(grammar.ONE_TITLE, chinese)
        return _Draft(name, Words(chinese.text, cursor.take().text))

    def _parse_clauses(self, draft: _Draft) -> set[str]:
        """Parse the clauses up to the next rule, list or the end; return their names."""
        cursor = self._cursor
        clauses: dict[str, None] = {}
        while not (cursor.next.sort is TokenKind.END or cursor.sees("rule", "list")):
            try:
                if cursor.sees(")"):
                    cursor.stop(grammar.CLOSED_TOO_OFTEN)
                if not cursor.sees(*CLAUSES):
                    expected = "a clause (" + ", ".join(CLAUSES) + ")"
                    cursor.stop(grammar.EXPECTED, expected=expected, found=cursor.next)
                self._in_order(cursor.next, clauses)
                clauses[cursor.next.text] = None
                getattr(self, f"_parse_{cursor.take().text}")(draft)
            except Stop:
                cursor.skip_to(HEADS)
        return set(clauses)

    def _in_order(self, head: Token, clauses: Iterable[str]) -> None:
        """Add a diagnostic for a clause that is repeated or out of order."""
        mistakes = self._cursor.mistakes
        later = [clause for clause in clauses if CLAUSES.index(clause) > CLAUSES.index(head.text)]
        if head.text in clauses and head.text not in ("let", "example"):
            mistakes.add(grammar.CLAUSE_TWICE, head.location, clause=head.text)
        elif later:
            message_values = {"clause": head.text, "after": later[0], "order": ", ".join(CLAUSES)}
            mistakes.add(grammar.CLAUSE_ORDER, head.location, **message_values)

    def _expression(self) -> Expression:
        location = self._cursor.next.location
        node = self._expressions.whole()
        self._limit_depth(node, location)
        return node

    def _limit_depth(self, node: Expression, location: SourceLocation) -> None:
        if extent(node, {}).depth > MOST_DEPTH:
            self._cursor.mistakes.add(limits.TOO_DEEP, location)
            raise Stop

    def _parse_version(self, draft: _Draft) -> None:
        draft.version = whole_number(self._cursor)

    def _parse_law(self, draft: _Draft) -> None:
        draft.law = self._cursor.expect_sort(TokenKind.TEXT, 'a "text"').text

    def _parse_on(self, draft: _Draft) -> None:
        cursor = self._cursor
        draft.locations["on"] = cursor.next.location
        if not cursor.accept("call"):
            fact = cursor.name("a fact, say call_ended").text
            if cursor.sees("every"):
                draft.on = self._clock(fact)
            else:
                draft.on = self._not_followed(fact) if cursor.sees("not") else DecisionPoint(fact)
            return
        cursor.expect("still")
        if not cursor.sees(*WAITS):
            cursor.stop(grammar.EXPECTED, expected="`talking` / `ringing`", found=cursor.next)
        still = cursor.take().text
        wait = duration(cursor)
        draft.on = DecisionPoint(WAITS[still], still, int(wait.number), wait.text)

    def _clock(self, fact: str) -> DecisionPoint:
        """Read `every SPAN by FIELD, …`."""
        self._cursor.take()
        every = duration(self._cursor)
        self._cursor.expect("by")
        keys = [self._cursor.name("a field, say caller").text]
        while self._cursor.accept(","):
            keys.append(self._cursor.name("a field, say caller").text)
        return DecisionPoint(fact, written=every.text, every=int(every.number), keys=tuple(keys))

    def _not_followed(self, fact: str) -> DecisionPoint:
        for word in ("not", "followed", "by"):
            self._cursor.expect(word)
        location = self._cursor.next.location
        self._expressions.begin()
        absent = read_absent(self._expressions)
        self._limit_depth(absent, location)
        return DecisionPoint(fact, "", absent.span, absent.written[0], absent)

    def _parse_let(self, draft: _Draft) -> None:
        cursor = self._cursor
        name = cursor.name("a name")
        if name.text in self._expressions.lets:
            cursor.stop(grammar.LET_TWICE, name, name=name.text)
        cursor.expect("=")
        draft.locations[name.text] = name.location
        draft.lets.append((name.text, self._expression()))
        self._expressions.lets = {name for name, _ in draft.lets}

    def _parse_sentence(self, draft: _Draft) -> None:
        draft.sentence = read_sentence(self._cursor, self._expressions.lets)

    def _parse_example(self, draft: _Draft) -> None:
        draft.examples.append(read_example(self._cursor, draft.name.text))

    def _parse_when(self, draft: _Draft) -> None:
        draft.when = self._expression()

    def _parse_except(self, draft: _Draft) -> None:
        draft.unless = self._expression()

    def _parse_then(self, draft: _Draft) -> None:
        cursor = self._cursor
        if cursor.sees("note"):
            cursor.take()
            draft.notes = True
        else:
            cursor.expect("find")
        draft.locations["find"] = cursor.next.location
        draft.find = cursor.name("whom to find, say caller_or_trunk", but=("call",)).text
        if cursor.accept("as"):
            draft.locations["as"] = cursor.next.location
            draft.fraud_type = cursor.name("a fraud type").text
        cursor.expect("score")
        draft.score = self._expression()

    def _parse_again(self, draft: _Draft) -> None:
        self._cursor.expect("after")
        draft.locations["again"] = self._cursor.next.location
        draft.again_after = int(duration(self._cursor).number)
