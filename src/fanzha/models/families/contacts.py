"""Where a text leads its reader: links, call-back numbers, contact handles and signature, compared with brands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.brands import Brand, BrandTable, load_shipped_brands
from fanzha.brands.match import Matcher
from fanzha.kinds.message import ContactInfo, extract_contacts, is_service_number
from fanzha.kinds.messaging.contact_columns import read_contacts
from fanzha.kinds.web.links import find_links
from fanzha.kinds.website import registrable
from fanzha.learn.codes import CodePoints, code_points
from fanzha.learn.fold import HANDLE, MOBILE

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

MIN_IMITATION = 0.7  # strength of a brand match from which a link counts as an imitation
#: Most texts have none of these; a link has a dot before a letter, or a bracketed dot, or a scheme.
_LINK_HINT = r"[.。．｡․]\s?[A-Za-zＡ-Ｚａ-ｚ\])}】）]|://|：／／|(?i:dot)|点\s?[\])}】）]"
#: Parts of the names of chat apps, as folded texts have them; links, numbers and handles are placeholders there.
_APP_SIGNS = ("微信", "qq", "egram", "tsapp", "skype", "飞机", "蝙蝠", "钉钉")
_LAST_HAN = 0x9FFF
NAME_START = 3  # characters by which brand names are looked up; shorter names are not looked for
#: Endings of hosts that no fraudster can register.
_PUBLIC_ENDINGS = (".gov.cn", ".edu.cn", ".mil.cn", ".gov", ".gov.hk", ".gov.tw", ".gov.mo")

#: The columns of `ContactReader.features`.
FEATURES = (
    "link",
    "official_link",
    "other_domain",
    "imitation",
    "number",
    "service_number",
    "handle",
    "other_signature",
)


@dataclass(frozen=True)
class Contacts:
    """The contacts of one text and how they compare with the brand that it names or imitates."""

    links: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    signature: str = ""
    brand: Brand | None = None  # named in the text, or imitated by a link
    signed_by_other: bool = False  # the signature is not the brand's
    leads_elsewhere: bool = False  # a brand is named and no link is on one of its domains
    is_official: bool = False  # every link is on a domain of a brand or of a government or school
    imitates: Brand | None = None  # a link imitates this brand

    def features(self) -> tuple[float, ...]:
        """Return the values of FEATURES, each 0 or 1."""
        return (
            float(bool(self.hosts)),
            float(self.is_official),
            float(self.leads_elsewhere),
            float(self.imitates is not None),
            float(not all(map(is_service_number, self.numbers))),
            float(any(map(is_service_number, self.numbers))),
            float(bool(self.handles)),
            float(self.signed_by_other),
        )


class ContactReader:
    """Reads contacts, with links and names compared with a table of brands."""

    def __init__(self, brands: BrandTable | None = None) -> None:
        """Compare with `brands`, by default the shipped table."""
        self._table = brands or load_shipped_brands()
        self._matcher = Matcher(brands)
        self._names = _names(self._table)
        self._starts = _pack(*np.array([list(map(ord, start)) for start in self._names], np.uint64).T)
        self._begins = np.zeros(_LAST_HAN + 1, np.bool_)
        self._begins[[ord(start[0]) for start in self._names]] = True
        self._domains = frozenset(domain for brand in self._table.brands for domain in brand.domains)

    def features(self, texts: Any, folded: CodePoints) -> NDArray[np.float64]:
        """Return texts × FEATURES of a string column; only texts whose folded form has a contact are read."""
        column = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
        values = np.zeros((len(column), len(FEATURES)))
        rows = _rows_with_contacts(folded)
        if not rows.size:
            return values
        some = column.take(pa.array(rows, pa.int64()))
        found = read_contacts(some)
        imitated = self._find_imitated_brands(found.hosts)
        values[rows, 4:7] = np.column_stack([found.numbers, found.service_numbers, found.handles])
        told = [row for row in range(len(rows)) if found.hosts[row] or found.signatures[row]]
        named = self._find_named_brands(some.take(pa.array(told, pa.int64())))
        is_official = {host: _is_official(host, self._domains) for hosts in found.hosts for host in hosts}
        for row, brand in zip(told, named, strict=True):
            brand = imitated[row] or brand
            hosts, signature = found.hosts[row], found.signatures[row]
            values[rows[row], 3] = imitated[row] is not None
            values[rows[row], 7] = bool(brand and signature and not _is_signature_of(signature, brand))
            if hosts:
                official = all(is_official[host] for host in hosts)
                elsewhere = brand is not None and not any(_is_official(host, brand.domains) for host in hosts)
                values[rows[row], :3] = 1, official, elsewhere
        return values

    def find_imitations(self, texts: "pa.Array[pa.StringScalar]") -> NDArray[np.intp]:
        """Return the indices of texts with a link that imitates a brand; their wording is not considered."""
        candidates = np.flatnonzero(pc.fill_null(pc.match_substring_regex(texts, _LINK_HINT), False).to_numpy(False))
        hosts = [(int(row), link.location.host) for row in candidates for link in find_links(texts[int(row)].as_py())]
        if not hosts:
            return np.empty(0, np.intp)
        rows = np.array([row for row, _ in hosts])
        matches = self._matcher.match(pa.array([host for _, host in hosts], pa.string()))
        return np.unique(rows[matches.rows_above(MIN_IMITATION)])

    def read(self, text: str) -> Contacts:
        """Return the contacts of one text."""
        return self.read_all([text])[0]

    def read_all(self, texts: Sequence[str]) -> list[Contacts]:
        """Return the contacts of each text; the links of all are compared with the brands at once."""
        infos = [extract_contacts(text) for text in texts]
        imitated = self._find_imitated_brands([_hosts(info) for info in infos])
        return [self._compare(*each) for each in zip(texts, infos, imitated, strict=True)]

    def _compare(self, text: str, found: ContactInfo, imitates: Brand | None) -> Contacts:
        hosts = _hosts(found)
        if not (hosts or found.signature):
            return Contacts(numbers=found.numbers, handles=tuple(handle.written for handle in found.handles))
        brand = imitates or self._find_named_brand(text)
        own_domains = set(brand.domains) if brand else set()
        return Contacts(
            links=tuple(link.written for link in found.links),
            hosts=hosts,
            numbers=found.numbers,
            handles=tuple(handle.written for handle in found.handles),
            signature=found.signature,
            brand=brand,
            signed_by_other=bool(brand and found.signature and not _is_signature_of(found.signature, brand)),
            leads_elsewhere=bool(brand and hosts and not any(_is_official(host, own_domains) for host in hosts)),
            is_official=bool(hosts) and all(_is_official(host, self._domains) for host in hosts),
            imitates=imitates,
        )

    def _find_imitated_brands(self, hosts: list[tuple[str, ...]]) -> list[Brand | None]:
        """Return for each text the brand that the first imitating host of it imitates."""
        text_of = [number for number, names in enumerate(hosts) for _ in names]
        imitated: list[Brand | None] = [None] * len(hosts)
        if text_of:
            matches = self._matcher.match(pa.array([host for names in hosts for host in names], pa.string()))
            for row in matches.rows_above(MIN_IMITATION)[::-1].tolist():
                imitated[text_of[row]] = matches.brand(row)
        return imitated

    def _find_named_brands(self, texts: "pa.Array[pa.StringScalar]") -> list[Brand | None]:
        """Return for each text the brand with the longest Chinese name that it contains."""
        codes, offsets = code_points(texts)
        named: list[Brand | None] = [None] * len(texts)
        if len(codes) < NAME_START:
            return named
        first = np.flatnonzero(self._begins[np.minimum(codes[:-2], _LAST_HAN)])
        starts = _pack(codes[first], codes[first + 1], codes[first + 2])
        found = first[np.isin(starts, self._starts)]
        for row in np.unique(np.searchsorted(offsets, found, side="right") - 1).tolist():
            named[row] = self._find_named_brand(texts[row].as_py())
        return named

    def _find_named_brand(self, text: str) -> Brand | None:
        """Return the brand with the longest Chinese name that the text contains."""
        matches = [
            pair
            for start in range(len(text) - NAME_START + 1)
            for pair in self._names.get(text[start : start + NAME_START], ())
            if text.startswith(pair[0], start)
        ]
        return max(matches, key=lambda pair: len(pair[0]))[1] if matches else None


def _pack(first: NDArray[Any], second: NDArray[Any], third: NDArray[Any]) -> NDArray[np.uint64]:
    """Return three code points as one number."""
    packed = np.zeros(len(first), np.uint64)
    for codes in (first, second, third):
        packed = np.left_shift(packed, np.uint64(21)) + codes.astype(np.uint64)
    return packed


def _hosts(found: ContactInfo) -> tuple[str, ...]:
    """Return the distinct hosts of the links, in their order."""
    return tuple(dict.fromkeys(link.location.host for link in found.links))


def _rows_with_contacts(folded: CodePoints) -> NDArray[np.intp]:
    """Return the texts with a placeholder of a link, number or handle, or the name of a chat app."""
    codes, offsets = folded
    rows = [np.searchsorted(offsets, np.flatnonzero((codes >= MOBILE) & (codes <= HANDLE)), side="right") - 1]
    for sign in _APP_SIGNS:
        starts = np.flatnonzero(codes[: max(0, len(codes) - len(sign) + 1)] == ord(sign[0]))
        for place, character in enumerate(sign[1:], 1):
            starts = starts[codes[starts + place] == ord(character)]
        of = np.searchsorted(offsets, starts, side="right") - 1
        rows.append(of[starts + len(sign) <= offsets[of + 1]])  # not across the end of a text
    return np.unique(np.concatenate(rows))


@cache
def _names(table: BrandTable) -> dict[str, tuple[tuple[str, Brand], ...]]:
    """Return the Chinese brand names of at least three characters with their brands, by their first characters."""
    names: dict[str, list[tuple[str, Brand]]] = {}
    for brand in table.brands:
        for name in (brand.zh, *brand.aliases):
            if len(name) >= NAME_START and "\u4e00" <= name[0] <= "\u9fff":
                names.setdefault(name[:NAME_START], []).append((name, brand))
    return {start: tuple(pairs) for start, pairs in names.items()}


def _is_official(host: str, domains: Collection[str]) -> bool:
    """Return whether a host is one of the domains or below one, or of a government or school."""
    if host.endswith(_PUBLIC_ENDINGS) or registrable(host) in domains:
        return True
    labels = host.split(".")
    return any(".".join(labels[cut:]) in domains for cut in range(len(labels) - 1))


def _is_signature_of(signature: str, brand: Brand) -> bool:
    """Return whether a signature can be the brand's own: one contains the other."""
    names = [name for name in (brand.zh, brand.en, *brand.aliases) if len(name) >= 2]
    return any(name in signature or signature in name for name in names)
