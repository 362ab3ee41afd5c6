"""Protected brands, and the matching of host names against all of them.

`find_lookalikes` answers the owner of a few domains: which names of this list resemble mine? `Matcher` matches columns
of hosts against a whole `BrandTable`, by default the shipped one.
"""

from fanzha.brands.lookalikes import Lookalike, find_lookalikes, matcher_of, read_lookalikes
from fanzha.brands.match import Matcher, Matches
from fanzha.brands.table import Brand, BrandTable, load_shipped_brands

__all__ = [
    "Brand",
    "BrandTable",
    "Lookalike",
    "Matcher",
    "Matches",
    "find_lookalikes",
    "load_shipped_brands",
    "matcher_of",
    "read_lookalikes",
]
