"""Format the sentence of a rule: both texts, each broken into pieces that fit on a line."""

import re
import unicodedata
from collections.abc import Iterator

from fanzha.rules._formatting.expressions import quote_text
from fanzha.rules.tree import RuleSentence

_HEAD = "sentence "
_ATOMS = re.compile(r"\{[^{}]*\} ?|[!-z|~]+ ?|.", re.DOTALL)  # a slot, a word, or another character


def format_sentence(sentence: RuleSentence, width: int) -> Iterator[str]:
    """Yield the lines of a sentence; a text wider than a line goes on behind `+` on the next."""
    head = _HEAD
    for text in sentence.words:
        for number, piece in enumerate(_break(text, width - len(_HEAD) - 4)):
            yield f"{head if not number else ' ' * (len(_HEAD) - 2) + '+ '}{quote_text(piece)}"
        head = " " * len(_HEAD)


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
