"""Titles of the proven origins of allowlisted numbers."""

from fanzha.base.words import Words
from fanzha.claims.allowlist import OriginKind

INGRESS_WORDS = {
    "leased_line": Words("语音专线", "leased lines"),
    "interconnect": Words("网间互联", "interconnection with other networks"),
    "international_gateway": Words("国际关口局", "international gateway"),
    "mobile": Words("移动网", "mobile network"),
    "voip": Words("网络电话", "internet telephony"),
}


def origin_words(kind: str, origin: str) -> Words:
    """Return the title of an origin: the name of a trunk, or the title of an ingress."""
    if kind == OriginKind.TRUNK:
        return Words(f"中继 {origin}", f"trunk {origin}")
    return INGRESS_WORDS.get(origin, Words(origin, origin))
