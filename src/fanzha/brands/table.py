"""The table of protected brands (data/brands.tsv)."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import msgspec

from fanzha.base.errors import Malformed, UsageError
from fanzha.base.words import Words
from fanzha.kinds.web.unicode_names import ascii_host

COLUMNS = ("domain", "zh", "en", "sector", "country", "own", "aliases", "needs", "signers", "icons")

SECTORS: dict[str, Words] = {
    "gov": Words("政府机关", "government"),
    "edu": Words("教育", "education"),
    "finance": Words("金融", "finance"),
    "telecom": Words("通信", "telecom"),
    "logistics": Words("快递物流", "logistics"),
    "ecommerce": Words("电商", "e-commerce"),
    "platform": Words("互联网平台", "online platform"),
    "media": Words("媒体", "media"),
    "healthcare": Words("医疗健康", "healthcare"),
    "transport": Words("交通出行", "transport"),
    "other": Words("其他", "other"),
}

#: What a match of a brand's name requires (column `needs`). "gov": the name of a place or agency; the host name must
#: also contain a government word such as `gov`. "word": an ordinary word; it must be misspelt or next to a related
#: word. "clear": a site taken from a list; only clear forms of its name count.
MATCH_REQUIREMENTS = ("", "gov", "word", "clear")


_HASH = re.compile(r"[0-9a-f]{64}")


class Brand(msgspec.Struct, frozen=True):
    """One protected brand; unknown names are ""."""

    domain: str  # its main site, canonical ASCII
    zh: str = ""
    en: str = ""
    sector: str = "other"
    country: str = ""  # ISO 3166-1 alpha-2
    other_domains: tuple[str, ...] = ()  # besides the main site; column `own`
    aliases: tuple[str, ...] = ()  # pinyin, initials, numbers such as 95588, short Chinese names
    match_requirement: str = ""  # one of MATCH_REQUIREMENTS; column `needs`
    signers: tuple[str, ...] = ()  # SHA-256 of the certificates that sign its apps, lower-case hex; operators load them
    icons: tuple[str, ...] = ()  # 256-bit hashes of the icons of its apps (`icon_hash` of events), hex

    @property
    def display_name(self) -> Words:
        """Name and domain of the brand for display."""
        zh, en = self.zh or self.en, self.en or self.zh
        return Words(f"{zh}（{self.domain}）" if zh else self.domain, f"{en} ({self.domain})" if en else self.domain)

    @property
    def domains(self) -> tuple[str, ...]:
        """All its domains, the main one first."""
        return (self.domain, *self.other_domains)


class BrandTable:
    """Brands in order of precedence: a name of two brands belongs to the first."""

    def __init__(self, brands: Iterable[Brand]) -> None:
        self.brands = tuple(brands)

    def with_brands(self, brands: Iterable[Brand]) -> "BrandTable":
        """Return a table with `brands` first; they replace brands of the same domain."""
        first = {brand.domain: brand for brand in brands}
        return BrandTable([*first.values(), *(brand for brand in self.brands if brand.domain not in first)])

    def __len__(self) -> int:
        return len(self.brands)


def parse_brands(text: str, source: str = "brands.tsv") -> list[Brand]:
    """Parse tab-separated rows with a header. Raise UsageError with `source`, row and column of an error."""
    lines = text.splitlines()
    header = lines[0].split("\t") if lines else []
    if not header or header[0] != "domain" or not set(header) <= set(COLUMNS):
        raise UsageError(f"{source}: row 1 is not the header", fix=f"write some of: {' '.join(COLUMNS)}, domain first")
    return [_brand(header, line, f"{source}: row {row}") for row, line in enumerate(lines[1:], start=2) if line.strip()]


def _brand(header: list[str], line: str, location: str) -> Brand:
    cells = dict(zip(header, line.split("\t"), strict=False))
    return check_brand(
        Brand(
            domain=cells["domain"].strip().lower(),
            zh=cells.get("zh", ""),
            en=cells.get("en", ""),
            sector=cells.get("sector", "") or "other",
            country=cells.get("country", ""),
            other_domains=tuple(_domain(value, location) for value in cells.get("own", "").split()),
            aliases=tuple(cells.get("aliases", "").split()),
            match_requirement=cells.get("needs", ""),
            signers=tuple(_fingerprint(value) for value in cells.get("signers", "").split()),
            icons=tuple(cells.get("icons", "").lower().split()),
        ),
        location,
    )


def _domain(value: str, location: str) -> str:
    """Return a domain in lower case and ASCII, as hosts are compared. Raise UsageError if it is none."""
    try:
        return ascii_host(value)
    except Malformed:
        raise UsageError(f"{location}, column own: {value!r} is not a domain", fix="write it as example.com") from None


def _fingerprint(value: str) -> str:
    """Return a SHA-256 in lower-case hex without colons, as keytool writes them."""
    return value.replace(":", "").lower()


def check_brand(brand: Brand, location: str) -> Brand:
    """Return the brand. Raise UsageError with `location` and column if a column is invalid."""
    if not brand.domain.isascii() or "." not in brand.domain:
        raise UsageError(f"{location}, column domain: {brand.domain!r} is not a domain", fix="write it as example.com")
    if brand.sector not in SECTORS:
        raise UsageError(f"{location}, column sector: {brand.sector!r}", fix=f"write one of: {' '.join(SECTORS)}")
    if brand.match_requirement not in MATCH_REQUIREMENTS:
        raise UsageError(
            f"{location}, column needs: {brand.match_requirement!r}", fix="write gov, word, clear, or nothing"
        )
    for column, values in (("signers", brand.signers), ("icons", brand.icons)):
        wrong = [value for value in values if not _HASH.fullmatch(value)]
        if wrong:
            raise UsageError(f"{location}, column {column}: {wrong[0]!r}", fix="write 64 hex digits")
    return brand


@cache
def load_shipped_brands() -> BrandTable:
    """Return the shipped brands."""
    return BrandTable(parse_brands(files("fanzha.brands").joinpath("data", "brands.tsv").read_text(encoding="utf-8")))
