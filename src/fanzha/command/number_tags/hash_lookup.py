"""Look-ups that do not reveal the question: the client sends the beginning of a SHA-256, and compares by itself.

Telephone numbers are few enough to be enumerated: 16 bits are asked for, exactly, so that about 100,000 numbers of the
Chinese plan share a question. Of other kinds it is 32 bits. Answers are padded to a multiple of `PADDED_TO`, so that
their length does not tell whether anything is tagged.
"""

import hmac
import re
from hashlib import sha256
from typing import TypedDict

from fanzha.base.errors import Malformed
from fanzha.command.number_tags.models import ShownTag, TagCategory
from fanzha.command.number_tags.services import KINDS, PHONE
from fanzha.store.keys import load_key


class HashEntry(TypedDict):
    """One answer: a whole hash, its category, and whether it is about the value itself or calls that showed it."""

    hash: str
    category: str
    proven: bool


PADDED_TO = 16
_KEY = "number-tags"


def prefix_digits(kind: str) -> int:
    """Return how many hex digits a question about a kind has. Raise Malformed for another kind."""
    if kind not in KINDS:
        raise Malformed("no kind that can be looked up")
    return 4 if kind == PHONE else 8


def hash_entries(kind: str, prefix: str) -> list[HashEntry]:
    """Return hashes with this beginning and what is shown, padded, in the order of the hashes. Raise Malformed."""
    if not re.fullmatch(f"[0-9a-f]{{{prefix_digits(kind)}}}", prefix):
        raise Malformed(f"a question has {prefix_digits(kind)} hex digits")
    last = prefix + "f" * (64 - len(prefix))  # a range takes the index, which LIKE of SQLite does not
    rows = ShownTag.objects.filter(kind=kind, digest__range=(prefix, last)).values_list(
        "digest", "category", "is_proven"
    )
    entries = [HashEntry(hash=digest, category=category, proven=proven) for digest, category, proven in rows]
    missing = -len(entries) % PADDED_TO or (0 if entries else PADDED_TO)
    entries += [_padding(kind, prefix, place) for place in range(missing)]
    return sorted(entries, key=lambda entry: entry["hash"])


def _padding(kind: str, prefix: str, place: int) -> HashEntry:
    """Return an entry that no value has, the same for the same question, so that two answers cannot be compared."""
    digest = hmac.new(load_key(_KEY), f"{kind}\0{prefix}\0{place}".encode(), sha256).hexdigest()
    choice, category = divmod(int(digest[:4], 16), len(TagCategory.values))  # of digits that the prefix replaces
    is_proven = kind != PHONE or choice % 2 == 0
    return HashEntry(hash=prefix + digest[len(prefix) :], category=TagCategory.values[category], proven=is_proven)
