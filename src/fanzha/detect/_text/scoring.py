"""Score a text: the model's odds, raised by its links, call-back numbers, contact handles and signature."""

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
from fanzha.brands.table import Brand, load_shipped_brands
from fanzha.kinds.message import extract_contacts
from fanzha.kinds.web.links import find_links
from fanzha.kinds.website import registrable

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

MIN_IMITATION = 0.7  # strength of a brand match from which a link counts as an imitation
_LINK_HINT = r"[.。．｡․]\s?[A-Za-zＡ-Ｚａ-ｚ]|://|(?i:dot)|点"  # most texts have none of these

#: Log-odds added by each sign; none of them suffices alone.
LINK, NUMBER, HANDLE, OTHER_SIGNATURE, OTHER_DOMAIN, IMITATION = 0.6, 0.4, 1.0, 1.0, 1.0, 2.5


@dataclass(frozen=True)
class ScoredText:
    """One text, its scores (0-1) and its signs of fraud."""

    text: str
    model_score: float
    score: float
    links: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    signature: str = ""
    brand: Brand | None = None  # named in the text
    signed_by_other: bool = False  # the signature is not the brand's
    leads_elsewhere: bool = False  # no link is on one of the brand's domains
    imitates: Brand | None = None  # a link imitates this brand

    @property
    def has_signs(self) -> bool:
        """Whether the text has a sign of fraud in addition to its words."""
        return bool(self.links or self.handles or self.numbers or self.signed_by_other or self.imitates)


class TextScorer:
    """Scores texts, with links and names compared with a table of brands."""

    def __init__(self, brands: BrandTable | None = None) -> None:
        self._table = brands or load_shipped_brands()
        self._matcher = Matcher(brands)
        self._names = _names(self._table)

    def find_imitations(self, texts: "pa.Array[pa.StringScalar]") -> NDArray[np.intp]:
        """Return the indices of texts with a link that imitates a brand, whatever their wording."""
        candidates = np.flatnonzero(pc.fill_null(pc.match_substring_regex(texts, _LINK_HINT), False).to_numpy(False))
        hosts = [(int(row), link.location.host) for row in candidates for link in find_links(texts[int(row)].as_py())]
        if not hosts:
            return np.empty(0, np.intp)
        rows = np.array([row for row, _ in hosts])
        matches = self._matcher.match(pa.array([host for _, host in hosts], pa.string()))
        return np.unique(rows[matches.rows_above(MIN_IMITATION)])

    def score(self, text: str, model_score: float) -> ScoredText:
        """Score one text by its words (`model_score`, 0-1) and its signs."""
        signs_found = extract_contacts(text)
        hosts = tuple(dict.fromkeys(link.location.host for link in signs_found.links))
        imitates = self._find_imitated_brand(hosts)
        brand = imitates or self._find_named_brand(text)
        domains = {registrable(host) for host in hosts}
        brand_domains = set(brand.domains) if brand else set()
        signed_by_other = bool(brand and signs_found.signature and not _is_signature_of(signs_found.signature, brand))
        leads_elsewhere = bool(
            brand and domains and not domains & brand_domains and not any(_is_below(h, brand_domains) for h in hosts)
        )
        odds = _log_odds(model_score)
        odds += LINK * bool(hosts) + NUMBER * bool(signs_found.numbers) + HANDLE * bool(signs_found.handles)
        odds += OTHER_SIGNATURE * signed_by_other + OTHER_DOMAIN * leads_elsewhere + IMITATION * (imitates is not None)
        return ScoredText(
            text=text,
            model_score=model_score,
            score=1 / (1 + math.exp(-odds)),
            links=tuple(link.written for link in signs_found.links),
            hosts=hosts,
            numbers=signs_found.numbers,
            handles=tuple(handle.written for handle in signs_found.handles),
            signature=signs_found.signature,
            brand=brand,
            signed_by_other=signed_by_other,
            leads_elsewhere=leads_elsewhere,
            imitates=imitates,
        )

    def _find_imitated_brand(self, hosts: tuple[str, ...]) -> Brand | None:
        if not hosts:
            return None
        matches = self._matcher.match(pa.array(hosts, pa.string()))
        rows = matches.rows_above(MIN_IMITATION)
        return matches.brand(int(rows[0])) if len(rows) else None

    def _find_named_brand(self, text: str) -> Brand | None:
        """Return the brand with the longest Chinese name that the text contains."""
        matches = [(len(name), brand) for name, brand in self._names if name in text]
        return max(matches, key=lambda pair: pair[0])[1] if matches else None


@cache
def _names(table: BrandTable) -> tuple[tuple[str, Brand], ...]:
    """Return the Chinese brand names of at least three characters."""
    return tuple(
        (name, brand)
        for brand in table.brands
        for name in (brand.zh, *brand.aliases)
        if len(name) >= 3 and "\u4e00" <= name[0] <= "\u9fff"
    )


def _is_signature_of(signature: str, brand: Brand) -> bool:
    """Return whether a signature can be the brand's own: one contains the other."""
    names = [name for name in (brand.zh, brand.en, *brand.aliases) if len(name) >= 2]
    return any(name in signature or signature in name for name in names)


def _is_below(host: str, domains: set[str]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _log_odds(probability: float) -> float:
    clipped = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(clipped / (1 - clipped))
