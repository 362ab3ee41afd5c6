"""Parse the sentence of a rule: what was seen, in Chinese and English, with slots for values."""

from collections.abc import Collection, Sequence

from fanzha.base.words import Words
from fanzha.rules._diagnostics import grammar
from fanzha.rules._reading.cursor import Cursor
from fanzha.rules._reading.tokenizer import Token, TokenKind
from fanzha.rules.sentence_template import TemplateError, template_slots
from fanzha.rules.tree import Expression, FieldReference, Name, RuleSentence, SourceLocation


def read_sentence(cursor: Cursor, lets: Collection[str]) -> RuleSentence:
    """Parse a sentence after its first word; a slot is one of `lets`, else a field."""
    chinese, english = _read_both(cursor)
    values: dict[str, Expression] = {}
    for pieces in (chinese, english):
        slots = _read_slots(cursor, pieces, lets)
        values |= {name: slots[name] for name in slots if name not in values}
    return RuleSentence(Words(_join(chinese), _join(english)), tuple(values.items()))


def read_plain_sentence(cursor: Cursor) -> Words:
    """Parse a sentence without slots, in Chinese and English."""
    chinese, english = _read_both(cursor)
    return Words(_join(chinese), _join(english))


def _read_both(cursor: Cursor) -> tuple[list[Token], list[Token]]:
    chinese = _read_pieces(cursor)
    if cursor.next.sort is not TokenKind.TEXT:
        cursor.stop(grammar.ONE_SENTENCE, chinese[0])
    return chinese, _read_pieces(cursor)


def _read_pieces(cursor: Cursor) -> list[Token]:
    """Read a text, which may be continued on the next line by + and another."""
    pieces = [cursor.expect_sort(TokenKind.TEXT, 'a "text"')]
    while cursor.accept("+"):
        pieces.append(cursor.expect_sort(TokenKind.TEXT, 'a "text"'))
    return pieces


def _join(pieces: Sequence[Token]) -> str:
    return "".join(piece.text for piece in pieces)


def _read_slots(cursor: Cursor, pieces: Sequence[Token], lets: Collection[str]) -> dict[str, Expression]:
    """Return the slots of a text as names of lets or fields, each at its first place."""
    try:
        slots = list(template_slots(_join(pieces)))
    except TemplateError as error:
        reason = {"why_zh": error.why.zh, "why_en": error.why.en}
        cursor.mistakes.add(grammar.SENTENCE_FORM, _locate(pieces, error.position), **reason)
        return {}
    sort = {slot.name: Name if slot.name in lets else FieldReference for slot in slots}
    places = {slot.name: _locate(pieces, slot.position + 1) for slot in reversed(slots)}
    return {name: sort[name](places[name], name) for name in sort}


def _locate(pieces: Sequence[Token], position: int) -> SourceLocation:
    """Return the source location of a character of the joined text."""
    for piece in pieces:
        if position < len(piece.text) or piece is pieces[-1]:
            break
        position -= len(piece.text)
    return SourceLocation(piece.location.line, piece.location.column + 1 + position)
