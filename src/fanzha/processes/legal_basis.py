"""Legal bases of steps: codes such as `ATF13`, with the name of the law and article."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import msgspec

from fanzha.base.words import Words
from fanzha.processes._yaml.yaml_text import read_yaml

_DIGITS: tuple[str, ...] = ("", *"一二三四五六七八九")


class Instrument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A law, order or notice; `last` is its last article, `seen` is whether its full text was read."""

    title: Words
    seen: bool
    part: Words | None = None
    last: int = 0


@cache
def instruments() -> dict[str, Instrument]:
    """Return the packaged table of instruments, by code."""
    text = (files("fanzha.processes") / "data" / "legal_basis.yaml").read_text("utf-8")
    return msgspec.convert(read_yaml(text, "legal_basis.yaml").value, dict[str, Instrument])


def legal_basis_words(code: str) -> Words | None:
    """Return the name of a legal basis such as "ATF13" or "N18.5", or None if the code is unknown."""
    return next(iter(group_bases([code])), None)


def group_bases(codes: Iterable[str]) -> list[Words]:
    """Return the names of legal bases, one for each law with all its articles; unknown codes are left out."""
    parts: dict[Words, list[Words]] = {}
    for code in codes:
        if (basis := _find_basis(code)) is not None:
            parts.setdefault(basis[0], []).extend(basis[1])
    return [
        Words(
            title.zh + "、".join(part.zh for part in dict.fromkeys(found)),
            ", ".join([title.en, *(part.en for part in dict.fromkeys(found))]),
        )
        for title, found in parts.items()
    ]


def _find_basis(code: str) -> tuple[Words, list[Words]] | None:
    """Return the title of the law of a code and the article, none for the law as a whole; None if it is unknown."""
    for name, instrument in instruments().items():
        number = code.removeprefix(name) if code.startswith(name) else "?"
        if code in (name, name.rstrip(".")):
            return instrument.title, []
        if number.isascii() and number.isdigit() and instrument.part and 1 <= int(number) <= instrument.last:
            return instrument.title, [instrument.part.format(n=int(number), numeral=chinese_numeral(int(number)))]
    return None


def cited_basis_words(text: str) -> Words:
    """Return the bases that a detector or source cites, such as "ATF Art. 13; user report"; what is unknown stays."""
    codes = [part.replace(" Art. ", "", 1) for part in text.split("; ")]
    known = [code for code in codes if _find_basis(code) is not None]
    others = [Words.parse(part) for part, code in zip(text.split("; "), codes, strict=True) if code not in known]
    parts = [*group_bases(known), *others]
    return Words("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def chinese_numeral(number: int) -> str:
    """Return a number as laws write it: 13 is 十三, 20 is 二十, 105 is 一百零五. Above 999 it stays in digits."""
    if not 1 <= number <= 999:
        return str(number)
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += f"{'' if tens == 1 and not hundreds else _DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + _DIGITS[ones]
