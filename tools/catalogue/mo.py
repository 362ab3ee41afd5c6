"""Write a catalogue as programs read it: GNU gettext's .mo (gettext manual, "The Format of GNU MO Files")."""

import struct
from collections.abc import Mapping

from catalogue.message import Message
from catalogue.po import HEADER

MAGIC = 0x950412DE


def compiled(translations: Mapping[Message, str]) -> bytes:
    """Return the file of these translations; missing ones are left out, so that the source's words stand."""
    texts = {b"": HEADER.encode()}
    texts |= {_key(message): text.encode() for message, text in translations.items() if text}
    keys = sorted(texts)
    ids, strings = (b"".join(part + b"\0" for part in parts) for parts in (keys, [texts[key] for key in keys]))
    first = 28 + 16 * len(keys)
    head = struct.pack("<7I", MAGIC, 0, len(keys), 28, 28 + 8 * len(keys), 0, first)
    return head + _table(keys, first) + _table([texts[key] for key in keys], first + len(ids)) + ids + strings


def _key(message: Message) -> bytes:
    words = "\0".join(filter(None, (message.singular, message.plural)))
    return (f"{message.context}\4{words}" if message.context else words).encode()


def _table(parts: list[bytes], place: int) -> bytes:
    """Return length and place of each part."""
    rows = []
    for part in parts:
        rows.append(struct.pack("<2I", len(part), place))
        place += len(part) + 1
    return b"".join(rows)
