"""What calibration allows is a small table that reads itself back."""

import numpy as np

from fanzha.brands import _arrays as tables
from fanzha.brands.allowance import format_allowances, no_restrictions, parse_allowances, shipped_allowance
from fanzha.brands.table import Brand, load_shipped_brands

BRANDS = (Brand("a.example"), Brand("b.example"))


def test_table_reads_itself_back() -> None:
    allowed = no_restrictions(BRANDS)
    allowed[0, tables.INSIDE], allowed[1, tables.SUFFIX] = tables.OFF, tables.APART
    text = format_allowances(BRANDS, allowed, np.full(allowed.shape, 3))
    assert (parse_allowances(text, BRANDS) == allowed).all()
    assert "a.example\tinside\toff\t3" in text


def test_brands_that_are_gone_are_passed_over() -> None:
    assert (
        parse_allowances("domain\tgroup\tallowance\tinnocent_hits\ngone.example\tinside\toff\t1\n", BRANDS) == 0
    ).all()


def test_shipped_allowance_restricts_some_brands_and_never_forged_scripts() -> None:
    allowed = shipped_allowance(load_shipped_brands().brands)
    assert 100 < (allowed > 0).any(axis=1).sum() < 1_000
    assert not allowed[:, tables.HOMOGLYPH].any()
