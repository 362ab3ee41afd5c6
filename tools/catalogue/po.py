"""Read, write and compile translation catalogues (.po and .mo of GNU gettext) with polib."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import polib

METADATA = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Language": "zh_Hans",
    "Plural-Forms": "nplurals=1; plural=0;",
}


class Message(NamedTuple):
    """A translatable message: msgid, plural and context, as in gettext."""

    singular: str
    plural: str = ""
    context: str = ""


def read_po(path: Path) -> dict[Message, str]:
    """Return the translations in a file, "" for a missing one; {} if the file does not exist."""
    if not path.is_file():
        return {}
    return {
        Message(entry.msgid, entry.msgid_plural, entry.msgctxt or ""): entry.msgstr or entry.msgstr_plural.get(0, "")
        for entry in polib.pofile(str(path), encoding="utf-8")
    }


def write_po(path: Path, translations: Mapping[Message, str], places: Mapping[Message, list[str]]) -> None:
    """Write translations, sorted by message, each with the source files (`places`) that use it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _catalogue(translations, places).save(str(path))


def compile_mo(translations: Mapping[Message, str]) -> bytes:
    """Return the .mo file of translations without the missing ones, so that gettext falls back to the source text."""
    return _catalogue({message: text for message, text in translations.items() if text}, {}).to_binary()


def _catalogue(translations: Mapping[Message, str], places: Mapping[Message, list[str]]) -> polib.POFile:
    catalogue = polib.POFile(wrapwidth=0, encoding="utf-8")
    catalogue.metadata = METADATA
    catalogue.extend(
        _entry(message, translations[message], places.get(message, [])) for message in sorted(translations)
    )
    return catalogue


def _entry(message: Message, translation: str, places: list[str]) -> polib.POEntry:
    return polib.POEntry(
        msgid=message.singular,
        msgid_plural=message.plural,
        msgctxt=message.context or None,
        msgstr="" if message.plural else translation,
        msgstr_plural={0: translation} if message.plural else {},
        occurrences=[(place, "") for place in places],
        flags=["python-format"] if re.search(r"%[(sd]", message.singular) else [],
    )
