"""Calibration: restrict by brand the tricks that exceed a budget of matches on lists of benign sites."""

from zlib import crc32

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.brands._arrays import APART, COMPANION, FREE, GROUPS, NUMBER, OFF, TOKEN
from fanzha.brands.allowance import GROUP_NAMES, MIN_STRENGTH, no_restrictions
from fanzha.brands.match import Matcher
from fanzha.brands.table import BrandTable
from fanzha.kinds.website import registrable

#: Tricks so specific that one match among 90,000 innocent names is likely chance or a site of the brand.
PARTICULAR = frozenset({"look", "replaced", "repeated", "swapped", "split", "whole", "number"})

#: Tricks by one edit.
EDITS = frozenset({"left_out", "added", "repeated", "replaced", "swapped"})

#: Number of sites matched in the calibration half from which a brand's trick is restricted, by group: for brands taken
#: from lists, and for those that somebody wrote into the table because fraud imitates them.
LISTED_BUDGET = np.array([2 if name in PARTICULAR else 1 for name in GROUP_NAMES], dtype=np.int64)
BUDGET = np.where([name in EDITS or name == "gov" for name in GROUP_NAMES], 4, LISTED_BUDGET)


def is_calibrated_on(host: str) -> bool:
    """Return whether a benign host belongs to the calibration half; the other half measures false alarms.

    Hosts of one registrable domain are always in the same half.
    """
    return crc32(registrable(host).encode()) % 2 == 0


def calibrate(
    table: BrandTable, innocent: "pa.Array[pa.StringScalar]", budget: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return allowances under which every brand's tricks stay below the budget of their group, and the hits.

    A trick over budget is first allowed only apart (beside a bait word), then not at all. Rounds are repeated until
    nothing changes, since a restriction can expose the next best match.
    """
    if budget is None:
        is_listed = np.array([brand.match_requirement == "clear" for brand in table.brands])
        budget = np.where(is_listed[:, None], LISTED_BUDGET, BUDGET)
    allowed, max_hits = no_restrictions(table.brands), np.zeros((len(table.brands), GROUPS), dtype=np.int64)
    lowest, hosts = _lowest(table), [str(host) for host in innocent.to_pylist()]
    while True:
        answers = Matcher(table, allowed).match(innocent).answers
        flagged = np.flatnonzero((answers.brand >= 0) & (answers.score >= MIN_STRENGTH))
        hits = np.zeros_like(max_hits)
        # Tenants of one hosting service are different sites, though their names may share the registrable domain.
        sites = {row: hosts[row] if answers.hosting[row] else registrable(hosts[row]) for row in flagged}
        for brand, group, _ in {(answers.brand[row], answers.group[row], site) for row, site in sites.items()}:
            hits[brand, group] += 1
        over = (hits >= budget) & (allowed < lowest)
        if not over.any():
            return allowed, max_hits
        max_hits[over] = np.maximum(max_hits[over], hits[over])
        allowed[over] = np.where(allowed[over] == FREE, APART, OFF)


def _lowest(table: BrandTable) -> NDArray[np.uint8]:
    """Return the strictest allowance of each trick; a named brand beside a bait word is always matched."""
    lowest = np.full((len(table.brands), GROUPS), OFF, dtype=np.uint8)
    is_named = np.array([bool(brand.zh or brand.en) for brand in table.brands], dtype=np.bool_)
    lowest[is_named, COMPANION] = lowest[is_named, TOKEN] = lowest[is_named, NUMBER] = APART
    return lowest
