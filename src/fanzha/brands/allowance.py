"""What calibration allows of each brand: tricks that flag too many innocent names are restricted, brand by brand.

`data/allowance.tsv` is written by `calibrate` from benign lists (tools/calibrate_brands.py): an ordinary word such as
"trust" or "network" then counts only set apart beside a companion word, or not at all.
"""

from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from fanzha.brands._tables import APART, FREE, GROUPS, OFF
from fanzha.brands.table import Brand

GROUP_NAMES = (
    "suffix", "look", "left_out", "added", "repeated", "replaced", "swapped", "two_edits", "split", "companion",
    "inside", "token", "whole", "number", "gov", "homoglyph", "chinese",
)  # fmt: skip
LEAST = 0.5  # strength from which a match is an alert


def free(brands: tuple[Brand, ...]) -> NDArray[np.uint8]:
    """Return brands × GROUPS with everything allowed."""
    return np.full((len(brands), GROUPS), FREE, dtype=np.uint8)


def parse(text: str, brands: tuple[Brand, ...]) -> NDArray[np.uint8]:
    """Read rows of domain, group, allowance (apart or off); brands that are not in the table are passed over."""
    allowed, place = free(brands), {brand.domain: number for number, brand in enumerate(brands)}
    for line in text.splitlines()[1:]:
        domain, group, allowance, *_ = line.split("\t")
        if domain in place:
            allowed[place[domain], GROUP_NAMES.index(group)] = APART if allowance == "apart" else OFF
    return allowed


def write(brands: tuple[Brand, ...], allowed: NDArray[np.uint8], hits: NDArray[np.int64]) -> str:
    """Return the rows that `parse` reads, with the innocent names each restriction spares."""
    words = {APART: "apart", OFF: "off"}
    rows = [
        f"{brands[brand].domain}\t{GROUP_NAMES[group]}\t{words[int(allowed[brand, group])]}\t{hits[brand, group]}"
        for brand, group in np.argwhere(allowed != FREE)
    ]
    return "\n".join(["domain\tgroup\tallowance\tinnocent_hits", *sorted(rows)]) + "\n"


def shipped_allowance(brands: tuple[Brand, ...]) -> NDArray[np.uint8]:
    """Return the allowance that comes with the package."""
    text = files("fanzha.brands").joinpath("data", "allowance.tsv").read_text(encoding="utf-8")
    return parse(text, brands)
