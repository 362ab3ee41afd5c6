"""Look up the public tag of a value. Only a prefix of its hash is sent; the answers are compared here.

    >>> look_up_tag("https://site.example", "phone_number", "+8617000000001")  # doctest: +SKIP
    TagAnswer(category='fraud', is_proven=False)

None means that the value was not reported, not that it is safe. `is_proven` False refers to calls that showed the
number: callers can forge it, so the holder may be innocent.
"""

import json
import urllib.request
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

#: How many hex digits of the SHA-256 a question has: few for telephone numbers, which can be enumerated.
PREFIX_DIGITS = {"phone_number": 4, "website": 8, "app": 8, "account": 8}
TIMEOUT_SECONDS = 10.0


class TagAnswer(NamedTuple):
    """The category of a value. `is_proven` is true if the operator confirmed that the number made the calls."""

    category: str
    is_proven: bool


def look_up_tag(site: str, kind: str, value: str, fetch: "Callable[[str], bytes] | None" = None) -> TagAnswer | None:
    """Return the tag of a canonical value (`+86…`, or a host in lower case), None if it has none.

    `fetch` returns the body of an address; without one, urllib asks. Raise KeyError for an unknown kind, OSError if the
    site does not answer, ValueError if the answer cannot be read.
    """
    digest = sha256(value.encode()).hexdigest()
    address = f"{site.rstrip('/')}/tags/hashes/{kind}/{digest[: PREFIX_DIGITS[kind]]}"
    entries = json.loads((fetch or _fetch)(address))["entries"]
    found = (TagAnswer(str(entry["category"]), bool(entry["proven"])) for entry in entries if entry["hash"] == digest)
    return next(found, None)


def _fetch(address: str) -> bytes:
    if not address.startswith(("https://", "http://")):
        raise ValueError("the site is an address with https://")
    with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as answer:
        return bytes(answer.read())
