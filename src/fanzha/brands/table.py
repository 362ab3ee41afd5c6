"""The protected brands as a table that people can read, compare and edit (data/brands.tsv)."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import msgspec

from fanzha.base.errors import WrongCall
from fanzha.base.words import Words

COLUMNS = ("domain", "zh", "en", "sector", "country", "own", "aliases", "needs")

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

#: "gov": a place or agency whose name counts only beside a government token; "word": an ordinary word, which counts
#: only set apart and beside a companion word, or disguised.
NEEDS = ("", "gov", "word")


class Brand(msgspec.Struct, frozen=True):
    """One protected brand; names are "" where nobody wrote them down."""

    domain: str  # its main site, canonical ASCII
    zh: str = ""
    en: str = ""
    sector: str = "other"
    country: str = ""  # ISO 3166-1 alpha-2
    own: tuple[str, ...] = ()  # its other domains
    aliases: tuple[str, ...] = ()  # pinyin, initials, numbers such as 95588, short Chinese names
    needs: str = ""

    @property
    def shown(self) -> Words:
        """The brand as a reason names it: name and domain."""
        zh, en = self.zh or self.en, self.en or self.zh
        return Words(f"{zh}（{self.domain}）" if zh else self.domain, f"{en} ({self.domain})" if en else self.domain)

    @property
    def domains(self) -> tuple[str, ...]:
        """All its domains, the main one first."""
        return (self.domain, *self.own)


class BrandTable:
    """Brands in order of weight: where two claim the same name, the first is named."""

    def __init__(self, brands: Iterable[Brand]) -> None:
        self.brands = tuple(brands)

    def joined(self, more: Iterable[Brand]) -> "BrandTable":
        """Return a table in which `more` stand first and replace brands of the same domain."""
        first = {brand.domain: brand for brand in more}
        return BrandTable([*first.values(), *(brand for brand in self.brands if brand.domain not in first)])

    def __len__(self) -> int:
        return len(self.brands)


def parse(text: str, where: str = "brands.tsv") -> list[Brand]:
    """Read rows of tab-separated columns under a header; WrongCall names file, row and column of a mistake."""
    lines = text.splitlines()
    header = lines[0].split("\t") if lines else []
    if not header or header[0] != "domain" or not set(header) <= set(COLUMNS):
        raise WrongCall(f"{where}: row 1 is not the header", fix=f"write some of: {' '.join(COLUMNS)}, domain first")
    return [_brand(header, line, f"{where}: row {row}") for row, line in enumerate(lines[1:], start=2) if line.strip()]


def _brand(header: list[str], line: str, where: str) -> Brand:
    cells = dict(zip(header, line.split("\t"), strict=False))
    return checked(
        Brand(
            domain=cells["domain"].strip().lower(),
            zh=cells.get("zh", ""),
            en=cells.get("en", ""),
            sector=cells.get("sector", "") or "other",
            country=cells.get("country", ""),
            own=tuple(cells.get("own", "").split()),
            aliases=tuple(cells.get("aliases", "").split()),
            needs=cells.get("needs", ""),
        ),
        where,
    )


def checked(brand: Brand, where: str) -> Brand:
    """Return a brand whose columns hold what they may, or raise WrongCall naming the place."""
    if not brand.domain.isascii() or "." not in brand.domain:
        raise WrongCall(f"{where}, column domain: {brand.domain!r} is no domain", fix="write it as example.com")
    if brand.sector not in SECTORS:
        raise WrongCall(f"{where}, column sector: {brand.sector!r}", fix=f"write one of: {' '.join(SECTORS)}")
    if brand.needs not in NEEDS:
        raise WrongCall(f"{where}, column needs: {brand.needs!r}", fix="write gov, word, or nothing")
    return brand


@cache
def shipped() -> BrandTable:
    """Return the brands that come with the package."""
    return BrandTable(parse(files("fanzha.brands").joinpath("data", "brands.tsv").read_text(encoding="utf-8")))
