"""Read, write and compile catalogues of translations (GNU gettext's .po and .mo) with polib."""

import re
from collections.abc import Mapping
from pathlib import Path

import polib

from catalogue.message import Message

METADATA = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Language": "zh_Hans",
    "Plural-Forms": "nplurals=1; plural=0;",
}


def read_po(path: Path) -> dict[Message, str]:
    """Return the translations of a file; "" where one is missing. A file that does not exist has none."""
    if not path.is_file():
        return {}
    return {
        Message(entry.msgid, entry.msgid_plural, entry.msgctxt or ""): entry.msgstr or entry.msgstr_plural.get(0, "")
        for entry in polib.pofile(str(path), encoding="utf-8")
    }


def write_po(path: Path, translations: Mapping[Message, str], places: Mapping[Message, list[str]]) -> None:
    """Write translations in the order of their words; what no source asks for any more is left out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _catalogue(translations, places).save(str(path))


def compile_mo(translations: Mapping[Message, str]) -> bytes:
    """Return the .mo file of translations; missing ones are left out, so that the source's words stand."""
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
