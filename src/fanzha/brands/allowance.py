"""Allowances by brand: which tricks of imitation may flag a name, for brands that too many innocent names resemble.

An allowance is FREE (every match counts), APART (a match counts only if the brand's name is a word of its own in the
host name or is beside a bait word such as "login") or OFF (no match counts), for one brand and one group of tricks.

`data/allowance.tsv` is written by `calibrate` from benign lists (tools/calibrate_brands.py): an ordinary word such as
"trust" or "network" then counts only set apart beside a companion word, or not at all.
"""

from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from fanzha.brands._arrays import APART, FREE, GROUPS, OFF
from fanzha.brands.table import Brand

GROUP_NAMES = (
    "suffix", "look", "left_out", "added", "repeated", "replaced", "swapped", "two_edits", "split", "companion",
    "inside", "token", "whole", "number", "gov", "homoglyph", "chinese", "tail", "subdomain",
)  # fmt: skip
MIN_STRENGTH = 0.5  # strength from which a match is an alert


def no_restrictions(brands: tuple[Brand, ...]) -> NDArray[np.uint8]:
    """Return allowances (brands × GROUPS) without restrictions."""
    return np.full((len(brands), GROUPS), FREE, dtype=np.uint8)


def parse_allowances(text: str, brands: tuple[Brand, ...]) -> NDArray[np.uint8]:
    """Parse rows of domain, group, allowance (apart or off); unknown brands are skipped."""
    allowed, brand_index = no_restrictions(brands), {brand.domain: number for number, brand in enumerate(brands)}
    for line in text.splitlines()[1:]:
        domain, group, allowance, *_ = line.split("\t")
        if domain in brand_index:
            allowed[brand_index[domain], GROUP_NAMES.index(group)] = APART if allowance == "apart" else OFF
    return allowed


def format_allowances(brands: tuple[Brand, ...], allowed: NDArray[np.uint8], hits: NDArray[np.int64]) -> str:
    """Return the rows that `parse_allowances` reads, with the number of innocent names that each restriction avoids."""
    words = {APART: "apart", OFF: "off"}
    rows = [
        f"{brands[brand].domain}\t{GROUP_NAMES[group]}\t{words[int(allowed[brand, group])]}\t{hits[brand, group]}"
        for brand, group in np.argwhere(allowed != FREE)
    ]
    return "\n".join(["domain\tgroup\tallowance\tinnocent_hits", *sorted(rows)]) + "\n"


def shipped_allowance(brands: tuple[Brand, ...]) -> NDArray[np.uint8]:
    """Return the shipped allowances."""
    text = files("fanzha.brands").joinpath("data", "allowance.tsv").read_text(encoding="utf-8")
    return parse_allowances(text, brands)
