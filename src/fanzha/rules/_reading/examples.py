"""Parse the examples of a rule: made-up facts, the subjects that the rule must find, and the expected sentence."""

from fanzha.base.words import Words
from fanzha.rules._diagnostics import grammar
from fanzha.rules._reading.cursor import Cursor
from fanzha.rules._reading.expressions import parse_literal, whole_number
from fanzha.rules._reading.sentences import read_plain_sentence
from fanzha.rules._reading.tokenizer import TokenKind
from fanzha.rules._reading.windows import duration
from fanzha.rules.tree import BooleanLiteral, ExampleFacts, Expression, RuleExample
from fanzha.rules.words import CLAUSES


def read_example(cursor: Cursor, rule: str) -> RuleExample:
    """Parse one example after its first word: title, expected subjects, expected sentence, facts."""
    location = cursor.next.location
    title = Words(rule, rule)
    if cursor.next.sort is TokenKind.TEXT:
        chinese = cursor.take()
        if cursor.next.sort is not TokenKind.TEXT:
            cursor.stop(grammar.ONE_TITLE, chinese)
        title = Words(chinese.text, cursor.take().text)
    cursor.expect("finds")
    finds = _read_subjects(cursor)
    says = _read_says(cursor, finds)
    facts = [_read_facts(cursor)]
    while not (cursor.next.sort is TokenKind.END or cursor.sees("rule", "list", *CLAUSES)):
        facts.append(_read_facts(cursor))
    return RuleExample(title, finds, tuple(facts), location, says)


def _read_subjects(cursor: Cursor) -> tuple[str, ...]:
    if cursor.accept("nothing"):
        return ()
    subjects = [cursor.expect_sort(TokenKind.TEXT, '`nothing` or a "subject"').text]
    while cursor.accept(","):
        subjects.append(cursor.expect_sort(TokenKind.TEXT, 'a "subject"').text)
    return tuple(subjects)


def _read_says(cursor: Cursor, finds: tuple[str, ...]) -> Words | None:
    """Parse the expected sentence; add a diagnostic if the example expects no subject."""
    head = cursor.accept("says")
    if head is None:
        return None
    if not finds:
        cursor.mistakes.add(grammar.SAYS_OF_NOBODY, head.location)
    return read_plain_sentence(cursor)


def _read_facts(cursor: Cursor) -> ExampleFacts:
    location = cursor.next.location
    count = whole_number(cursor) if cursor.next.sort is TokenKind.NUMBER else 1
    table = cursor.name("a fact, say call_ended").text
    at = int(duration(cursor).number) if cursor.accept("at") else 0
    every = int(duration(cursor).number) if cursor.accept("every") else 1_000
    fields = []
    if cursor.accept("with"):
        fields.append(_read_field(cursor))
        while cursor.accept(","):
            fields.append(_read_field(cursor))
    return ExampleFacts(table, count, at, every, tuple(fields), location)


def _read_field(cursor: Cursor) -> tuple[str, Expression]:
    name = cursor.name("a field").text
    cursor.expect("=")
    location = cursor.next.location
    if truth := cursor.accept("true", "false"):
        return name, BooleanLiteral(location, truth.text == "true")
    return name, parse_literal(cursor)
