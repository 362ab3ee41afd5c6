"""Find the names of a list that imitate the domains a caller owns, without the shipped table."""

from collections.abc import Iterable, Iterator

import msgspec
import pyarrow as pa

from fanzha.brands.allowance import MIN_STRENGTH, no_restrictions
from fanzha.brands.match import Matcher, Matches
from fanzha.brands.table import Brand, BrandTable
from fanzha.brands.tricks import explain, trick_of
from fanzha.kinds.website import KIND, split_host


class Lookalike(msgspec.Struct, frozen=True):
    """One name that imitates a brand."""

    host: str  # canonical ASCII
    registrable: str  # its registrable domain; under a hosting suffix the tenant's name
    imitates: str  # main domain of the brand
    trick: str  # a key of fanzha.brands.tricks.TRICKS
    strength: float  # 0-1; 0.5 is an alert
    edits: int  # letters changed
    zh: str
    en: str


def find_lookalikes(
    names: Iterable[str], own_domains: Iterable[str | Brand], min_strength: float = MIN_STRENGTH
) -> list[Lookalike]:
    """Return the names that imitate one of the own domains, in the order given; own domains themselves are left out.

    An own domain is a text such as "example.com", or a `Brand` with aliases, sector and further domains. Raise
    `Malformed` if a text is no domain. Names that are no hosts imitate nothing. There is no alert budget: a short or
    ordinary label has many innocent neighbours.

    >>> [found.trick for found in find_lookalikes(["examp1e-shop.net", "sampled.net"], ["example-shop.com"])]
    ['digits']
    """
    matcher = matcher_of(own_domains)
    return list(read_lookalikes(matcher.match(pa.array([*names], pa.string())), min_strength))


def matcher_of(own_domains: Iterable[str | Brand]) -> Matcher:
    """Return a matcher for the own domains alone; it serves any number of lists."""
    table = BrandTable([own if isinstance(own, Brand) else _brand_of(own) for own in own_domains])
    return Matcher(table, no_restrictions(table.brands))


def read_lookalikes(matches: Matches, min_strength: float = MIN_STRENGTH) -> Iterator[Lookalike]:
    """Yield the matches of at least `min_strength`, by row."""
    answers = matches.answers
    for row in map(int, matches.rows_above(min_strength)):
        host, brand, words = str(matches.hosts[row].as_py()), matches.brand(row), explain(matches, row)
        assert brand is not None  # rows_above yields matched rows only
        yield Lookalike(
            host=host,
            registrable=host[max(int(answers.registrable[row]), 0) :],
            imitates=brand.domain,
            trick=trick_of(matches, row),
            strength=round(float(answers.score[row]), 2),
            edits=int(answers.distance[row]),
            zh=words.zh,
            en=words.en,
        )


def _brand_of(domain: str) -> Brand:
    """Return an own domain as a brand that is imitated under common suffixes too, as those of banks are."""
    canonical = KIND.normalise(domain)
    cut = split_host(canonical)
    label = cut.registrable.removesuffix(f".{cut.suffix}")
    return Brand(cut.registrable or canonical, en=label or canonical, sector="finance")
