"""Format the sentence of a rule or example: both texts, each broken into pieces that fit on a line."""

import re
import unicodedata
from collections.abc import Iterator

from fanzha.base.words import Words
from fanzha.rules._formatting.expressions import quote_text

_ATOMS = re.compile(r"\{[^{}]*\} ?|[!-z|~]+ ?|.", re.DOTALL)  # a slot, a word, or another character


def format_sentence(head: str, words: Words, width: int) -> Iterator[str]:
    """Yield the lines of a sentence after a word; a text wider than a line continues after `+` on the next line."""
    indent = len(head) + 1
    first = f"{head} "
    for text in words:
        for number, piece in enumerate(_break(text, width - indent - 4)):
            yield f"{first if not number else ' ' * (indent - 2) + '+ '}{quote_text(piece)}"
        first = " " * indent


def _break(text: str, width: int) -> list[str]:
    """Return a text in pieces of at most `width` columns, as far as its words allow; wide characters take two."""
    pieces, used = [""], 0
    for atom in _ATOMS.findall(text):
        columns = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in atom)
        if used + columns > width and pieces[-1]:
            pieces.append("")
            used = 0
        pieces[-1] += atom
        used += columns
    return pieces
