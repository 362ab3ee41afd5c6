"""Restrict, brand by brand, the tricks that flag innocent names: an alert budget spent on lists of benign sites."""

from zlib import crc32

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.brands._tables import APART, COMPANION, FREE, GROUPS, OFF, TOKEN
from fanzha.brands.allowance import GROUP_NAMES, LEAST, free
from fanzha.brands.match import Matcher
from fanzha.brands.table import BrandTable
from fanzha.kinds.website import registrable

#: Tricks so particular that a single namesake among 90,000 innocent names, often the brand's own, is chance.
PARTICULAR = frozenset({"look", "replaced", "repeated", "swapped", "split", "whole", "number"})

#: How many names of the calibration half a brand's trick may not flag, by group.
BUDGET = np.array([2 if name in PARTICULAR else 1 for name in GROUP_NAMES], dtype=np.int64)


def is_calibrated_on(host: str) -> bool:
    """Return whether a benign host belongs to the half that calibrates; the other half measures false alarms.

    Hosts of one registrable domain are always in the same half.
    """
    return crc32(registrable(host).encode()) % 2 == 0


def calibrate(
    table: BrandTable, innocent: "pa.Array[pa.StringScalar]", budget: NDArray[np.int64] = BUDGET
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return allowance and hits so that no brand's trick flags as many innocent names as its budget (one a group) says.

    A trick over budget is first allowed only apart (beside a bait word), then not at all; rounds go on until nothing
    changes, since a restricted match lets the next best one be seen.
    """
    allowed, seen = free(table.brands), np.zeros((len(table.brands), GROUPS), dtype=np.int64)
    lowest = _lowest(table)
    while True:
        answers = Matcher(table, allowed).match(innocent).answers
        flagged = np.flatnonzero((answers.brand >= 0) & (answers.score >= LEAST))
        hits = np.zeros_like(seen)
        np.add.at(hits, (answers.brand[flagged], answers.group[flagged]), 1)
        over = (hits >= budget) & (allowed < lowest)
        if not over.any():
            return allowed, seen
        seen[over] = np.maximum(seen[over], hits[over])
        allowed[over] = np.where(allowed[over] == FREE, APART, OFF)


def _lowest(table: BrandTable) -> NDArray[np.uint8]:
    """Return how far each trick of each brand may be restricted: a bait word beside a known brand always counts."""
    lowest = np.full((len(table.brands), GROUPS), OFF, dtype=np.uint8)
    known = np.array([bool(brand.zh or brand.en) for brand in table.brands], dtype=np.bool_)
    lowest[known, COMPANION] = lowest[known, TOKEN] = APART
    return lowest
