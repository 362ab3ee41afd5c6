"""Canonical form of a subject's value by its kind; a person is stored as a keyed hash and a masked document number."""

import re
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from fanzha.base.errors import Malformed
from fanzha.base.ids import digest
from fanzha.kinds import all_kinds
from fanzha.store.keys import load_key

#: Kinds of subjects that detectors use and `fanzha.kinds` does not define.
EXTRA_KINDS = ("call", "sender", "conversation")
MAX_LENGTH = 2_000
PERSON = "person"
HASH_PURPOSE = "subjects"
_PLAIN_MOBILE = re.compile(r"\+861[3-9][0-9]{9}")
#: A shorter value is no name that a text could be searched for.
_LEAST_MASKED = 4
#: Pseudonyms in source data: detectors report them as values.
_PSEUDONYM = re.compile(r"[0-9a-f]{32,128}")


class CanonicalValue(NamedTuple):
    """A value as it is stored. `shown` is "" where the value itself can be masked."""

    kind: str
    value: str
    shown: str = ""

    @property
    def thing(self) -> str:
        """Return the digest of kind and value, for any holder."""
        return _digest(self.kind, self.value)

    def identity(self, holder_from: datetime | None = None) -> str:
        """Return the digest of a subject: kind, value and start of its holder period."""
        return _digest(self.kind, self.value, holder_from.isoformat() if holder_from else "")


@lru_cache(maxsize=131_072)
def _digest(*parts: str) -> str:
    return digest(*parts)


@lru_cache(maxsize=65_536)
def canonicalize(kind: str, value: str) -> CanonicalValue:
    """Return the canonical value. Raise Malformed for an unknown kind or an invalid value."""
    if not value or len(value) > MAX_LENGTH or "\0" in value:
        raise Malformed(f"a subject has 1 to {MAX_LENGTH} characters")
    if kind == "phone_number" and _PLAIN_MOBILE.fullmatch(value):
        return CanonicalValue(kind, value)
    if kind in EXTRA_KINDS:
        return CanonicalValue(kind, value.strip())
    definition = all_kinds().get(kind)
    if definition is None:
        raise Malformed(f"there is no kind {kind!r}")
    if kind == PERSON:
        return _canonicalize_person(value)
    try:
        return CanonicalValue(kind, definition.normalise(value))
    except Malformed:
        if _PSEUDONYM.fullmatch(value):
            return CanonicalValue(kind, value)
        raise


def _canonicalize_person(value: str) -> CanonicalValue:
    definition = all_kinds()[PERSON]
    if _PSEUDONYM.fullmatch(value):
        return CanonicalValue(PERSON, value)
    canonical = definition.normalise(value)
    return CanonicalValue(
        PERSON, definition.pseudonym(canonical, load_key(HASH_PURPOSE), HASH_PURPOSE), definition.mask(canonical)
    )


def mask_in_text(text: str, kind: str, value: str) -> str:
    """Return a text about a value in which the value is masked as by its kind."""
    return text.replace(value, mask_value(kind, value)) if len(value) >= _LEAST_MASKED else text


def mask_value(kind: str, value: str, display: str = "") -> str:
    """Return a value with its identifying part masked."""
    if display:
        return display
    if _PSEUDONYM.fullmatch(value):
        return f"{value[:8]}…"
    definition = all_kinds().get(kind)
    if definition is None:
        return value if kind == "call" else f"{value[:2]}•••"
    return definition.mask(value)
