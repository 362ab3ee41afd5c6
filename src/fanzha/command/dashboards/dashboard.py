"""A dashboard: figures and work lists."""

from collections.abc import Iterable
from typing import NamedTuple

from fanzha.command.web.components import KeyFigure, Listing


class Dashboard(NamedTuple):
    """The dashboard of one role."""

    figures: tuple[KeyFigure, ...] = ()
    listings: tuple[Listing, ...] = ()


def merge_dashboards(dashboards: Iterable[Dashboard]) -> Dashboard:
    """Merge dashboards; lists with the same name appear once, empty lists last."""
    figures: dict[str, KeyFigure] = {}
    listings: dict[str, Listing] = {}
    for dashboard in dashboards:
        figures |= {item.words: item for item in dashboard.figures if item.words not in figures}
        listings |= {item.ident: item for item in dashboard.listings if item.ident not in listings}
    return Dashboard(tuple(figures.values()), tuple(sorted(listings.values(), key=lambda item: not item.rows)))
