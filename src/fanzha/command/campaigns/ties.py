"""Extract the ties of a finding's subject: trunk, range, device, domain, kit, script, contact, outlet.

A single common tie joins two subjects. Weak ties are combined from two values: a range with the detector, an outlet
with the day. A tie with more subjects than the limit of its kind is a hub and joins no subjects.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import NamedTuple, TypeGuard

import numpy as np
from numpy.typing import NDArray

from fanzha.base.clock import from_ms
from fanzha.base.errors import Malformed
from fanzha.base.ids import digest
from fanzha.claims.fraud_type import TO_WARN
from fanzha.command.campaigns.titles import HIDDEN
from fanzha.command.subjects.selectors import EvidenceFacts
from fanzha.command.subjects.services import ParsedFinding
from fanzha.kinds.website import KIND as WEBSITE
from fanzha.kinds.website import registrable

#: Maximum number of subjects per tie; above it, subjects share it by chance or as customers of one firm.
MAX_SUBJECTS = {
    "trunk": 2_000,
    "range": 1_000,
    "device": 200,
    "domain": 2_000,
    "kit": 5_000,
    "script": 5_000,
    "contact": 5_000,
    "outlet": 500,
    "hand": 1_000_000,
}
#: Among ties with equally many subjects, the one of higher rank names the campaign.
NAME_RANK = {
    name: rank for rank, name in enumerate(("range", "outlet", "script", "kit", "contact", "domain", "device"))
}
NAME_RANK |= {"trunk": 20, "hand": -1}
#: How many shared parts of one page are ties.
MOST_KITS = 20
_RANGE_DIGITS = 4  # numbers are allocated in blocks of ten thousand
_MAX_VALUE_LENGTH = 200
_E164 = re.compile(r"\+\d{8,15}")


class TieKey(NamedTuple):
    """A shared attribute; `key` identifies it, `value` is displayed."""

    kind: str
    value: str
    key: str


def extract_ties(parsed: ParsedFinding) -> Iterator[TieKey]:
    """Yield the ties of a finding's subject."""
    finding, subject = parsed.finding, parsed.subject
    yield from find_ties(
        subject.kind, subject.value, parsed.facts, finding.fraud_type, finding.detector, from_ms(finding.found_at)
    )


def find_ties(
    kind: str, value: str, evidence: EvidenceFacts, fraud_type: str, detector: str, found_at: datetime
) -> Iterator[TieKey]:
    """Yield the ties of a subject by the evidence of one finding on it."""
    if kind in ("trunk", "device"):
        yield _tie(kind, value)
    if kind == "phone_number" and fraud_type not in TO_WARN and _E164.fullmatch(value):
        yield _tie("range", f"{value[:-_RANGE_DIGITS]}{HIDDEN * _RANGE_DIGITS}", detector)
    if kind == "outlet" or _is_text(evidence.outlet):
        outlet = evidence.outlet if _is_text(evidence.outlet) else value
        yield _tie("outlet", outlet, found_at.astimezone(UTC).date().isoformat())
    host_candidates = (evidence.registrable, evidence.host, evidence.url, _site(kind, value))
    if host := _domain(next((parsed for parsed in host_candidates if _is_text(parsed)), "")):
        yield _tie("domain", host)
    for tie_kind, shared in (("trunk", evidence.trunk), ("device", evidence.device), ("kit", evidence.kit)):
        if _is_text(shared):
            yield _tie(tie_kind, shared)
    if isinstance(evidence.kits, list):
        yield from (_tie("kit", kit) for kit in evidence.kits[:MOST_KITS] if _is_text(kit))
    if isinstance(evidence.handles, list):
        yield from (
            _tie("contact", contact) for contact in evidence.handles if _is_text(contact) and HIDDEN not in contact
        )
    if _is_text(evidence.text):
        yield from (_tie("script", evidence.text[:40], key) for key in minhash_keys(evidence.text))


@lru_cache(maxsize=65_536)
def _tie(kind: str, value: str, besides: str = "") -> TieKey:
    """Return a tie; scripts are identified by the key alone, because their texts differ slightly."""
    clean_value = value.replace("\0", "")[:_MAX_VALUE_LENGTH]
    return TieKey(kind, clean_value, digest(kind, "" if kind == "script" else value, besides))


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip())


def _site(kind: str, value: str) -> str:
    return value if kind in ("website", "host") else ""


@lru_cache(maxsize=65_536)
def _domain(text: str) -> str:
    try:
        host = WEBSITE.normalise(text) if text else ""
    except Malformed:
        return ""
    return registrable(host) or host


RUN, BANDS, ROWS = 4, 6, 6
#: Shorter texts match many others by chance.
MIN_TEXT_LENGTH = 16
_VARIES = re.compile(r"https?://\S+|[\W_\d•]+|[xX]{3,}")
_PRIME = np.uint64(0x9E3779B97F4A7C15)


def minhash_keys(text: str) -> list[str]:
    """Return the MinHash keys of a text, none for a short one; numbers, links, signs and spaces are ignored."""
    words = _VARIES.sub("", unicodedata.normalize("NFKC", text)).casefold()
    if len(words) < MIN_TEXT_LENGTH:
        return []
    least = _min_hashes(np.frombuffer(words.encode("utf-32-le"), np.uint32))
    return [f"{band}:{least[band].tobytes().hex()}" for band in range(BANDS)]


def _min_hashes(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the minimum hash over all runs for each hash function, shape (BANDS, ROWS)."""
    runs = np.zeros(len(codes) - RUN + 1, np.uint64)
    for offset in range(RUN):
        runs = runs * _PRIME + codes[offset : len(codes) - RUN + 1 + offset]
    times, plus = _functions()
    hashed = (runs[:, None] ^ (runs[:, None] >> np.uint64(29))) * times + plus
    least: NDArray[np.uint32] = (hashed >> np.uint64(32)).astype(np.uint32).min(axis=0).reshape(BANDS, ROWS)
    return least


@cache
def _functions() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    coefficients = np.random.default_rng(20_161_107).integers(0, 2**63, (2, BANDS * ROWS), np.uint64)
    return coefficients[0] * np.uint64(2) + np.uint64(1), coefficients[1]
