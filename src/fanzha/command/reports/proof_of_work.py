"""Proof of work of public forms: no outside service, no cookie, nothing to solve for a person.

A form carries a challenge: the time and a nonce, signed by the site. While the person types, the page searches for a
number whose SHA-256 with the challenge begins with so many zero bits, and then for one with more: in a flood reports
with more bits come first. A form without proof is accepted too, at a slower rate.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from fanzha.store.keys import load_key

_KEY = "report-forms"
#: How long a form may stay open.
LONGEST = timedelta(hours=12)
_SIGNATURE_CHARACTERS = 32


class Challenge(NamedTuple):
    """A signed challenge that a form carries; its text is also the idempotency key of what is sent."""

    nonce: str
    made_at: datetime


def make_challenge(now: datetime) -> str:
    """Return the text of a new challenge."""
    body = f"{int(now.timestamp())}.{secrets.token_hex(16)}"
    return f"{body}.{_sign(body)}"


def read_challenge(text: str, now: datetime) -> Challenge | None:
    """Return a challenge that this site made within `LONGEST`, or None."""
    body, _, signature = text.rpartition(".")
    seconds, _, nonce = body.partition(".")
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), _sign(body).encode()):
        return None
    made_at = datetime.fromtimestamp(int(seconds), now.tzinfo)
    return Challenge(nonce, made_at) if now - LONGEST < made_at <= now + timedelta(minutes=1) else None


def count_bits(challenge: str, solution: str) -> int:
    """Return with how many zero bits SHA-256 of `challenge:solution` begins; -1 if the solution is no number."""
    if not solution.isascii() or not solution.isdigit() or len(solution) > 12:
        return -1
    digest = hashlib.sha256(f"{challenge}:{solution}".encode()).digest()
    return 256 - int.from_bytes(digest, "big").bit_length()


def is_solved(challenge: str, solution: str, bits: int) -> bool:
    """Return whether SHA-256 of `challenge:solution` begins with `bits` zero bits."""
    return count_bits(challenge, solution) >= bits


def solve(challenge: str, bits: int) -> str:
    """Return the first solution of a challenge, as the page finds it; clients of the API may do the same."""
    number = 0
    while not is_solved(challenge, str(number), bits):
        number += 1
    return str(number)


def _sign(body: str) -> str:
    return hmac.new(load_key(_KEY), body.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:_SIGNATURE_CHARACTERS]
