"""Glossary of the pages: one name for each role, thing, state and step in each language, with its meaning."""

from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

from fanzha.base.words import Words


class TermGroup(StrEnum):
    """What sort of word a term is, in the order of the reference page."""

    ROLE = "role"
    THING = "thing"
    STATE = "state"
    STEP = "step"
    RULE = "rule"
    ORGANISATION = "organisation"


GROUP_TITLES = {
    TermGroup.ROLE: Words("角色", "Roles"),
    TermGroup.THING: Words("事物", "Things"),
    TermGroup.STATE: Words("状态", "States"),
    TermGroup.STEP: Words("步骤", "Steps"),
    TermGroup.RULE: Words("工作规则", "Rules of work"),
    TermGroup.ORGANISATION: Words("单位", "Organisations"),
}


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A term of `glossary.yaml`; `avoid` are words that pages never use for it.

    `also` are other headings and labels of pages that are explained by it.
    """

    group: TermGroup
    zh: str
    en: str
    about: Words
    avoid: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def title(self) -> Words:
        """The term in both languages."""
        return Words(self.zh, self.en)


@cache
def glossary() -> dict[str, Term]:
    """Return the terms by key, in the order of the file."""
    text = (files("fanzha.command.web") / "glossary.yaml").read_bytes()
    return msgspec.yaml.decode(text, type=dict[str, Term])


def page_names(term: Term, language: str) -> set[str]:
    """Return the headings and labels, in lower case, that a term explains: in English its plural too."""
    name = term.en if language == "en" else term.zh
    names = {name, *term.also}
    if language == "en":
        names.add(f"{name[:-1]}ies" if name.endswith("y") else f"{name}s")
    return {one.lower() for one in names}
