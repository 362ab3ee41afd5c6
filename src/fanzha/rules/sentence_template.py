"""Parse the text of a rule's sentence: plain text, slots in braces, and parts in brackets that may be left out.

`{callees}` is the value of a let or field, `{ratio:%}` the same as a percentage, `{calls|call|calls}` the number with
the word that goes with it. `[, {hung_up} of them ended by the caller]` is left out where a slot in it is unknown,
false or 0.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from fanzha.base.words import Words

#: What is said in place of a value that is unknown, outside brackets.
UNKNOWN = Words("未知", "unknown")

_SLOT = re.compile(r"\{([a-z][a-z0-9_]*)(:%|\|[^{}|\[\]]+\|[^{}|\[\]]+)?\}")
_SIGNS = re.compile(r"[{}\[\]]")


@dataclass(frozen=True)
class SentenceSlot:
    """A value in a sentence; `position` is its place in the text, from 0."""

    name: str
    position: int
    percent: bool = False
    one: str = ""  # English word after the number 1
    many: str = ""  # and after other numbers
    optional: bool = False  # written in brackets


@dataclass(frozen=True)
class OptionalPart:
    """A part that is left out where a slot in it is unknown, false or 0."""

    parts: tuple["str | SentenceSlot", ...]


SentencePart = str | SentenceSlot | OptionalPart


class TemplateError(ValueError):
    """A text that is no sentence; `why` says what is wrong, `position` where, from 0."""

    def __init__(self, position: int, why: Words) -> None:
        super().__init__(why.en)
        self.position, self.why = position, why


@lru_cache(maxsize=1024)
def parse_template(text: str) -> tuple[SentencePart, ...]:
    """Return the parts of a sentence. Raise TemplateError for braces or brackets that do not fit."""
    parts: list[SentencePart] = []
    inside: list[str | SentenceSlot] | None = None
    at = opened = 0
    while at < len(text):
        target = parts if inside is None else inside
        sign = text[at]
        if sign == "{":
            slot = _parse_slot(text, at, optional=inside is not None)
            target.append(slot)
            at = text.index("}", at)
        elif sign == "[":
            if inside is not None:
                raise TemplateError(at, Words("方括号内不能再有方括号", "brackets stand within brackets"))
            inside, opened = [], at
        elif sign == "]" and inside is not None:
            if not any(isinstance(part, SentenceSlot) for part in inside):
                raise TemplateError(opened, Words("方括号内没有取值", "there is no slot in these brackets"))
            parts.append(OptionalPart(tuple(inside)))
            inside = None
        elif sign in "]}":
            raise TemplateError(at, Words(f"{sign} 没有对应的左括号", f"{sign} closes nothing"))
        else:
            end = found.start() if (found := _SIGNS.search(text, at)) else len(text)
            target.append(text[at:end])
            at = end - 1
        at += 1
    if inside is not None:
        raise TemplateError(opened, Words("方括号没有结束", "the bracket is not closed"))
    return tuple(parts)


def _parse_slot(text: str, at: int, *, optional: bool) -> SentenceSlot:
    found = _SLOT.match(text, at)
    if found is None:
        raise TemplateError(at, Words("花括号内应是 let 或字段的名称", "in braces stands the name of a let or a field"))
    name, form = found[1], found[2] or ""
    if form == ":%":
        return SentenceSlot(name, at, percent=True, optional=optional)
    _, one, many = form.split("|") if form else ("", "", "")
    return SentenceSlot(name, at, one=one, many=many, optional=optional)


def template_slots(text: str) -> Iterator[SentenceSlot]:
    """Yield the slots of a sentence in order."""
    for part in parse_template(text):
        for piece in part.parts if isinstance(part, OptionalPart) else (part,):
            if isinstance(piece, SentenceSlot):
                yield piece
