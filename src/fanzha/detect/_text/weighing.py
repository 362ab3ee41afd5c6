"""Weigh a text: the model's odds, and what no model sees: where it leads, how it wants to be answered, who signs it."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.brands import BrandTable
from fanzha.brands.match import Matcher
from fanzha.brands.table import Brand, shipped
from fanzha.detect._text.second import Second
from fanzha.kinds.message import signs
from fanzha.kinds.web.links import find_links
from fanzha.kinds.website import registrable

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

LOOK_ALIKE_FROM = 0.7  # strength of a brand match from which a link counts as an imitation
_MAY_LINK = r"[.。．｡․]\s?[A-Za-zＡ-Ｚａ-ｚ]|://|(?i:dot)|点"  # most texts have none of these

#: What each sign adds to the log-odds; alone, none of them makes a text suspect.
LINK, NUMBER, HANDLE, STRANGE_SIGNATURE, ELSEWHERE, IMITATION = 0.6, 0.4, 1.0, 1.0, 1.0, 2.5


@dataclass(frozen=True)
class Weighed:
    """One text and what speaks for fraud in it; `model` and `score` are 0-1."""

    text: str
    model: float
    score: float
    links: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    signature: str = ""
    brand: Brand | None = None  # named in the text
    signed_by_other: bool = False  # the signature is not the brand's
    leads_elsewhere: bool = False  # no link is one of the brand's domains
    imitates: Brand | None = None  # a link imitates this brand
    second: Second | None = None  # what either tier said, where the slow one was asked

    @property
    def has_signs(self) -> bool:
        """Whether anything beside the words speaks for fraud."""
        return bool(self.links or self.handles or self.numbers or self.signed_by_other or self.imitates)


class Weigher:
    """Weighs texts against a table of brands."""

    def __init__(self, brands: BrandTable | None = None) -> None:
        self._table = brands or shipped()
        self._matcher = Matcher(brands)
        self._names = _names(self._table)

    def imitating(self, texts: "pa.Array[pa.StringScalar]") -> NDArray[np.intp]:
        """Return the rows of texts that hold a link which imitates a brand, whatever their words are."""
        linked = np.flatnonzero(pc.fill_null(pc.match_substring_regex(texts, _MAY_LINK), False).to_numpy(False))
        hosts = [(int(row), link.location.host) for row in linked for link in find_links(texts[int(row)].as_py())]
        if not hosts:
            return np.empty(0, np.intp)
        rows = np.array([row for row, _ in hosts])
        matches = self._matcher.match(pa.array([host for _, host in hosts], pa.string()))
        return np.unique(rows[matches.found(LOOK_ALIKE_FROM)])

    def weigh(self, text: str, model: float, second: Second | None = None) -> Weighed:
        """Weigh one text that the model gave `model`, both tiers together where the slow one was asked."""
        seen = signs(text)
        hosts = tuple(dict.fromkeys(link.location.host for link in seen.links))
        imitates = self._imitated(hosts)
        brand = imitates or self._named(text)
        domains = {registrable(host) for host in hosts}
        mine = set(brand.domains) if brand else set()
        signed_by_other = bool(brand and seen.signature and not _signs_for(seen.signature, brand))
        elsewhere = bool(brand and domains and not domains & mine and not any(_below(h, mine) for h in hosts))
        odds = _log_odds(model)
        odds += LINK * bool(hosts) + NUMBER * bool(seen.numbers) + HANDLE * bool(seen.handles)
        odds += STRANGE_SIGNATURE * signed_by_other + ELSEWHERE * elsewhere + IMITATION * (imitates is not None)
        return Weighed(
            text=text,
            model=model,
            score=1 / (1 + math.exp(-odds)),
            links=tuple(link.written for link in seen.links),
            hosts=hosts,
            numbers=seen.numbers,
            handles=tuple(handle.written for handle in seen.handles),
            signature=seen.signature,
            brand=brand,
            signed_by_other=signed_by_other,
            leads_elsewhere=elsewhere,
            imitates=imitates,
            second=second,
        )

    def _imitated(self, hosts: tuple[str, ...]) -> Brand | None:
        if not hosts:
            return None
        matches = self._matcher.match(pa.array(hosts, pa.string()))
        rows = matches.found(LOOK_ALIKE_FROM)
        return matches.brand(int(rows[0])) if len(rows) else None

    def _named(self, text: str) -> Brand | None:
        """Return the brand whose longest Chinese name stands in the text."""
        found = [(len(name), brand) for name, brand in self._names if name in text]
        return max(found, key=lambda pair: pair[0])[1] if found else None


@cache
def _names(table: BrandTable) -> tuple[tuple[str, Brand], ...]:
    """Return the Chinese names of three characters and more."""
    return tuple(
        (name, brand)
        for brand in table.brands
        for name in (brand.zh, *brand.aliases)
        if len(name) >= 3 and "\u4e00" <= name[0] <= "\u9fff"
    )


def _signs_for(signature: str, brand: Brand) -> bool:
    """Whether a signature can be the brand's own: either holds the other's name."""
    names = [name for name in (brand.zh, brand.en, *brand.aliases) if len(name) >= 2]
    return any(name in signature or signature in name for name in names)


def _below(host: str, domains: set[str]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _log_odds(share: float) -> float:
    kept = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(kept / (1 - kept))
