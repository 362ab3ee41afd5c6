"""Messages by a digest of their words, so that the text need not be stored."""

import re
import unicodedata

from fanzha.base.errors import Malformed
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.kinds._kind import Fact, SubjectKind
from fanzha.kinds.messaging.contacts import ContactInfo, extract_contacts, is_service_number

__all__ = ["KIND", "ContactInfo", "Message", "extract_contacts", "is_service_number"]

_DIGEST = re.compile(r"msg:[0-9a-f]{24}")
_NUMBERS = re.compile(r"\d+|[xX*]{3,}")
_NOT_WORDS = re.compile(r"[\W_]+")


class Message(SubjectKind):
    """A message (SMS, mail, chat). Messages that differ only in numbers, spaces and punctuation are the same."""

    name = "message"
    title = Words("短信与文本", "message")
    stix = "x-fanzha-message"
    misp = "text"

    def normalise(self, raw: str) -> str:
        """Return the digest of the words; a digest is unchanged."""
        if _DIGEST.fullmatch(raw):
            return raw
        words = _NOT_WORDS.sub("", _NUMBERS.sub("0", unicodedata.normalize("NFKC", raw))).casefold()
        if not words:
            raise Malformed("no words in it")
        return f"msg:{digest(words, size=12)}"

    def mask(self, value: str) -> str:
        """Return the value unchanged: a digest hides the text."""
        return value

    def resembles(self, raw: str) -> float:
        """Return 0.8 for text with several words or Chinese characters."""
        letters = sum(character.isalpha() for character in raw)
        chinese = sum("\u4e00" <= character <= "\u9fff" for character in raw)
        return 0.8 if chinese >= 8 or (letters >= 15 and raw.count(" ") >= 3) else 0.0

    def describe(self, value: str) -> list[Fact]:
        """Return no facts: a digest has none. `facts_of` describes a text."""
        return []


def facts_of(text: str) -> list[Fact]:
    """Return the contact information in a text."""
    found = extract_contacts(text)
    rows = [
        ("signature", Words("签名", "signature"), found.signature),
        ("links", Words("链接", "links"), ", ".join(link.written for link in found.links)),
        ("numbers", Words("回拨号码", "call-back numbers"), ", ".join(found.numbers)),
        ("handles", Words("联系账号", "contact handles"), ", ".join(handle.written for handle in found.handles)),
    ]
    return [Fact(name, title, value, Words(value, value)) for name, title, value in rows if value]


KIND = Message()
