"""Extract digits from a written number: full-width digits, separators, tel: and sip: URIs, extensions."""

import re
import unicodedata
from typing import NamedTuple

LONGEST_TEXT = 200  # characters

_ADDRESS = re.compile(r"(?:^|<)\s*(?:tel|sips?):([^@;>?]*)", re.IGNORECASE)
_EXTENSION = re.compile(r"\s*(?:转|轉|分机|ext\.?)\s*\d{1,6}\s*$", re.IGNORECASE)
#: Texts that networks and phones send for a withheld number.
_WITHHELD = frozenset(
    {"anonymous", "unavailable", "unknown", "restricted", "private", "withheld", "blocked", "invalid", "none", "null"}
)
_NO_CALLER_ID = {"no", "caller", "id"}
_LETTERED = re.compile(r"\+?[0-9A-Za-z ().'_-]{2,20}", re.ASCII)
_PLUS = "+＋﹢"
_SEPARATORS = frozenset(" \t\r\n.()/（）．·,'_")
_SEPARATOR_CATEGORIES = frozenset({"Zs", "Pd", "Cf"})


class WrittenDigits(NamedTuple):
    """Digits as values 0–9, and whether a plus is before them."""

    plus: bool
    digits: bytes

    @property
    def text(self) -> str:
        """Return the digits as characters."""
        return "".join(map(str, self.digits))


def has_letters(raw: str) -> bool:
    """Return whether an alphanumeric text is in place of a number: ICBC, 95588A, 1380013800O; not "anonymous"."""
    if len(raw) > LONGEST_TEXT:
        return False
    if address := _ADDRESS.search(raw):
        raw = address[1]
    text = unicodedata.normalize("NFKC", raw).strip()
    words = set(re.findall("[a-z]+", text.lower()))
    return bool(words) and not words & _WITHHELD and words != _NO_CALLER_ID and _LETTERED.fullmatch(text) is not None


def parse_digits(raw: str) -> WrittenDigits | None:
    """Return the digits of a written number, or None if the text is not a number."""
    if len(raw) > LONGEST_TEXT:
        return None
    if address := _ADDRESS.search(raw):
        raw = address[1]
    raw = _EXTENSION.sub("", raw)
    plus, digits = False, bytearray()
    for character in raw:
        value = unicodedata.digit(character, -1)
        if value >= 0:
            digits.append(value)
        elif character in _PLUS and not digits:
            plus = True
        elif character not in _SEPARATORS and unicodedata.category(character) not in _SEPARATOR_CATEGORIES:
            return None
    return WrittenDigits(plus, bytes(digits)) if digits else None
