"""Parse the sentence of a rule: what was seen, in Chinese and English, with slots for values."""

from collections.abc import Collection

from fanzha.base.words import Words
from fanzha.rules._diagnostics import grammar
from fanzha.rules._reading.cursor import Cursor
from fanzha.rules._reading.tokenizer import Token, TokenKind
from fanzha.rules.sentence_template import TemplateError, template_slots
from fanzha.rules.tree import Expression, FieldReference, Name, RuleSentence, SourceLocation


def read_sentence(cursor: Cursor, lets: Collection[str]) -> RuleSentence:
    """Parse a sentence after its first word; a slot is one of `lets`, else a field."""
    chinese = cursor.expect_sort(TokenKind.TEXT, 'a "text"')
    if cursor.next.sort is not TokenKind.TEXT:
        cursor.stop(grammar.ONE_SENTENCE, chinese)
    english = cursor.take()
    values: dict[str, Expression] = {}
    for token in (chinese, english):
        values |= {name: node for name, node in _read_slots(cursor, token, lets).items() if name not in values}
    locations = chinese.location, english.location
    return RuleSentence(Words(chinese.text, english.text), tuple(values.items()), locations)


def _read_slots(cursor: Cursor, token: Token, lets: Collection[str]) -> dict[str, Expression]:
    """Return the slots of one text as names of lets or fields, at their places."""
    line, column = token.location.line, token.location.column
    try:
        slots = list(template_slots(token.text))
    except TemplateError as error:
        reason = {"why_zh": error.why.zh, "why_en": error.why.en}
        cursor.mistakes.add(grammar.SENTENCE_FORM, SourceLocation(line, column + 1 + error.position), **reason)
        return {}
    sort = {slot.name: Name if slot.name in lets else FieldReference for slot in slots}
    places = {slot.name: SourceLocation(line, column + 2 + slot.position) for slot in reversed(slots)}
    return {name: sort[name](places[name], name) for name in sort}
