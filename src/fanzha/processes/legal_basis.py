"""Legal bases of steps: codes such as `ATF13`, with the name of the law and article."""

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
    for name, instrument in instruments().items():
        number = code.removeprefix(name) if code.startswith(name) else "?"
        if code in (name, name.rstrip(".")):
            return instrument.title
        if number.isascii() and number.isdigit() and instrument.part and 1 <= int(number) <= instrument.last:
            part = instrument.part.format(n=int(number), numeral=chinese_numeral(int(number)))
            return Words(f"{instrument.title.zh}{part.zh}", f"{instrument.title.en}, {part.en}")
    return None


def cited_basis_words(text: str) -> Words:
    """Return the bases that a detector or source cites, such as "ATF Art. 13; user report"; what is unknown stays."""
    parts = [legal_basis_words(part.replace(" Art. ", "", 1)) or Words.parse(part) for part in text.split("; ")]
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
