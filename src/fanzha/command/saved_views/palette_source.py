"""Offer saved views in the command palette."""

from collections.abc import Iterator

from django.urls import reverse

from fanzha.base.words import Words
from fanzha.command.saved_views.models import ListPage
from fanzha.command.saved_views.selectors import find_views
from fanzha.command.web.palette.entries import PaletteEntry, PaletteSource, find_page
from fanzha.command.web.viewer import Viewer


def find_entries(viewer: Viewer) -> Iterator[PaletteEntry]:
    """Yield the views of lists that the viewer may open."""
    for view in find_views():
        if find_page(view.page, viewer):
            url = f"{reverse(view.page)}?{view.query}"
            yield PaletteEntry(view.name, url, "list", str(ListPage(view.page).label), ref=view.ref)


SOURCES = (PaletteSource(Words("已存视图", "Saved views"), 50, find_entries),)
