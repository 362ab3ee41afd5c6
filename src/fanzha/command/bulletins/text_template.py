"""The template of the text of a bulletin. Figures are slots such as `{report_settled}`; typed figures are refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

from fanzha.base.words import Words
from fanzha.command.bulletins.stated_figures import MEASURES

LANGUAGES = ("zh", "en")
LONGEST_BODY = 4_000
_SLOT = re.compile(r"\{([a-z_]+)\}")
_FIGURE = re.compile(r"[0-9０-９%％‰]|百分之|per cent|percent")
#: Slots beside the measures: of every section, of those about all companies, and of those about one.
_COMMON = frozenset({"owner", "month", "as_of", "basis", "least", "received", "changes"})
_FOR_ALL = _COMMON | {"companies", "types", "places"}
_FOR_COMPANY = _COMMON | {"company"}


class UnusableText(ValueError):
    """Raised for a text that cannot be a section of a bulletin; `words` say why to its author."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class TextSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A section of the template: its heading ("" for none) and its body, both in both languages."""

    heading: Words
    body: Words


@cache
def text_sections() -> dict[str, TextSection]:
    """Return the sections of the packaged template by name, in their order."""
    text = (files("fanzha.command.bulletins") / "data" / "text.toml").read_text("utf-8")
    return msgspec.toml.decode(text, type=dict[str, TextSection])


def section_slots(section: str) -> frozenset[str]:
    """Return the names of the slots that a section may have."""
    return (_FOR_COMPANY if section == "company" else _FOR_ALL) | frozenset(MEASURES)


def check_body(section: str, body: str) -> None:
    """Raise UnusableText for a body that is empty or too long, has unknown slots, or has typed figures."""
    if not body.strip():
        raise UnusableText(Words("请填写内容", "write something"))
    if len(body) > LONGEST_BODY:
        raise UnusableText(Words(f"最多{LONGEST_BODY}字", f"at most {LONGEST_BODY} characters"))
    unknown = sorted(set(_SLOT.findall(body)) - section_slots(section))
    if unknown:
        raise UnusableText(Words(f"没有占位符“{unknown[0]}”", f"there is no slot {{{unknown[0]}}} in this section"))
    rest = _SLOT.sub("", body)
    if "{" in rest or "}" in rest:
        raise UnusableText(Words("花括号只用于占位符", "braces are for slots alone"))
    if found := _FIGURE.search(rest):
        raise UnusableText(
            Words(
                f"数字“{found[0]}”须用占位符，使文字与表格一致",
                f"“{found[0]}” is a figure: use a slot, so that the text agrees with the table",
            )
        )


def fill_body(body: str, values: Mapping[str, str]) -> str:
    """Return a body with the value of each slot."""
    return _SLOT.sub(lambda slot: values[slot[1]], body)
