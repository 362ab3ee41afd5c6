"""A dashboard: figures and work lists."""

from collections.abc import Iterable
from typing import NamedTuple

from fanzha.command.web.components import ActionButton, KeyFigure, Listing


class Dashboard(NamedTuple):
    """The dashboard of one role; `actions` begin something new."""

    figures: tuple[KeyFigure, ...] = ()
    listings: tuple[Listing, ...] = ()
    actions: tuple[ActionButton, ...] = ()


def merge_dashboards(dashboards: Iterable[Dashboard]) -> Dashboard:
    """Merge dashboards; lists with the same name and buttons with the same address appear once, empty lists last."""
    figures: dict[str, KeyFigure] = {}
    listings: dict[str, Listing] = {}
    actions: dict[str, ActionButton] = {}
    for dashboard in dashboards:
        actions |= {button.url: button for button in dashboard.actions if button.url not in actions}
        figures |= {item.words: item for item in dashboard.figures if item.words not in figures}
        listings |= {item.ident: item for item in dashboard.listings if item.ident not in listings}
    ordered = tuple(sorted(listings.values(), key=lambda item: not item.rows))
    return Dashboard(tuple(figures.values()), ordered, tuple(actions.values()))
