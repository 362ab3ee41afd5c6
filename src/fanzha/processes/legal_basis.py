"""The laws and notices that a step may rest on: `ATF13` is a code, and people read the article's name."""

from functools import cache
from importlib.resources import files

import msgspec

from fanzha.base.words import Words
from fanzha.processes._yaml.yaml_text import read_yaml


class Instrument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A law, order or notice; `last` is its last article, `seen` whether its full text was read."""

    title: Words
    seen: bool
    part: Words | None = None
    last: int = 0


@cache
def instruments() -> dict[str, Instrument]:
    """Return the table that comes with the package, by code."""
    text = (files("fanzha.processes") / "data" / "legal_basis.yaml").read_text("utf-8")
    return msgspec.convert(read_yaml(text, "legal_basis.yaml").value, dict[str, Instrument])


def legal_basis_words(code: str) -> Words | None:
    """Return what a basis such as `ATF13` or `N18.5` is called, None when the table has no such basis."""
    for name, instrument in instruments().items():
        number = code.removeprefix(name) if code.startswith(name) else "?"
        if code in (name, name.rstrip(".")):
            return instrument.title
        if number.isascii() and number.isdigit() and instrument.part and 1 <= int(number) <= instrument.last:
            part = instrument.part.format(n=int(number))
            return Words(f"{instrument.title.zh}{part.zh}", f"{instrument.title.en}, {part.en}")
    return None
