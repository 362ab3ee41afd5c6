"""What a first page holds: a few figures, and lists of what is to be done."""

from collections.abc import Iterable
from typing import NamedTuple

from fanzha.command.web.components import KeyFigure, Listing


class Dashboard(NamedTuple):
    """One role's part of a first page; who has several roles sees each part once, in the order of the roles."""

    figures: tuple[KeyFigure, ...] = ()
    listings: tuple[Listing, ...] = ()


def merge_dashboards(desks: Iterable[Dashboard]) -> Dashboard:
    """Return several desks as one; lists of the same name are shown once, what is empty after what is not."""
    figures: dict[str, KeyFigure] = {}
    listings: dict[str, Listing] = {}
    for desk in desks:
        figures |= {one.words: one for one in desk.figures if one.words not in figures}
        listings |= {one.ident: one for one in desk.listings if one.ident not in listings}
    return Dashboard(tuple(figures.values()), tuple(sorted(listings.values(), key=lambda one: not one.rows)))
