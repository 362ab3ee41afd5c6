"""Guess by the names of trunks where their calls come in, for the operator to confirm."""

import re
from collections.abc import Sequence
from typing import Protocol

#: Each ingress with the pattern of its usual trunk names; the first pattern that matches counts.
_NAMES = (
    ("international_gateway", re.compile(r"igw|intl|isc\b|国际|境外|港澳", re.IGNORECASE)),
    ("leased_line", re.compile(r"pri\b|pbx|(?<![a-z])zx|专线|集团|leased", re.IGNORECASE)),
    ("voip", re.compile(r"ims|sbc|sip|voip|网络电话", re.IGNORECASE)),
    ("interconnect", re.compile(r"poi|nni|interconn|关口|网间|互联|异网", re.IGNORECASE)),
    ("mobile", re.compile(r"msc|mme|volte|bsc|rnc|移动", re.IGNORECASE)),
)
_HEAD = re.compile(r"^[^\d_\-.:/ ]+[_\-.:/ ]?")


class _CountedTrunk(Protocol):
    value: str
    ingress: str


def guess_ingress(trunk: str) -> str:
    """Return the ingress that the name of a trunk suggests, or ""."""
    return next((ingress for ingress, names in _NAMES if names.search(trunk)), "")


def suggest_ingress(columns: tuple[str, ...], trunks: Sequence[_CountedTrunk]) -> tuple[str, dict[str, str]] | None:
    """Return the column of trunks and pattern -> ingress ("" for trunks whose names suggest none), or None.

    Trunks that begin alike and suggest the same share a pattern: `IGW-*`.
    """
    if len(columns) != 1 or not any(trunk.ingress for trunk in trunks):
        return None
    by_head: dict[str, set[str]] = {}
    for trunk in trunks:
        by_head.setdefault(_find_head(trunk.value), set()).add(trunk.ingress)
    values: dict[str, str] = {}
    for trunk in trunks:
        head = _find_head(trunk.value)
        is_shared = len(head) > 1 and len(by_head[head]) == 1 and head != trunk.value
        values[f"{head}*" if is_shared else trunk.value] = trunk.ingress
    return columns[0], values


def _find_head(trunk: str) -> str:
    """Return the letters at the beginning of a name, with the sign after them."""
    match = _HEAD.match(trunk)
    return match[0] if match else trunk
