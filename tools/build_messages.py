"""Bring the Chinese catalogues of the apps up to date with their sources, and compile them; gettext is not needed.

Usage: python tools/build_messages.py      (make messages). New words get an empty translation: fill it, run it again.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from catalogue.po import Message, compile_mo, read_po, write_po
from catalogue.sources import messages_of

SITE = Path(__file__).resolve().parent.parent / "src" / "fanzha" / "command"
WHERE = Path("locale", "zh_Hans", "LC_MESSAGES", "django.po")


def apps() -> Iterator[Path]:
    """Yield the folders of the apps that ask for words; each keeps its own catalogue."""
    yield from (path.parent for path in sorted(SITE.rglob("apps.py")) if messages_of(path.parent))


def translated() -> dict[Message, str]:
    """Return the translations of all apps, so that words which two apps share are translated once."""
    return {message: text for app in apps() for message, text in read_po(app / WHERE).items() if text}


def bring_up_to_date(app: Path, known: Mapping[Message, str]) -> list[Message]:
    """Write an app's catalogue, to read and to run; return the messages without translation."""
    places = messages_of(app)
    translations = {message: known.get(message, "") for message in places}
    write_po(app / WHERE, translations, places)
    (app / WHERE).with_suffix(".mo").write_bytes(compile_mo(translations))
    return [message for message, text in translations.items() if not text]


def main() -> int:
    """Write all catalogues; return 3 where translations are missing."""
    known = translated()
    missing = [(app, message) for app in apps() for message in bring_up_to_date(app, known)]
    for app, message in missing:
        print(f"{app.name}: no Chinese yet: {message.singular!r}")
    return 3 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
