"""Read saved views: of a list, of the menu, and the one with which a list opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, Exists, OuterRef, When
from django.shortcuts import redirect
from django.urls import reverse

from fanzha.command.saved_views.models import DefaultView, SavedView
from fanzha.command.saved_views.services import clean_query
from fanzha.command.web.palette.entries import find_page
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponseRedirect

__all__ = ["ViewLink", "clean_query", "find_views", "list_view_links", "menu_views", "open_default_view"]

#: Views in the menu of all pages.
MENU_VIEWS = 8
#: Opens a list without the default view: `?view=standard`.
STANDARD = "standard"


@dataclass(frozen=True)
class ViewLink:
    """A saved view as a link; `is_here` if the address of the page is that of the view."""

    ref: str
    name: str
    url: str
    is_shared: bool
    is_own: bool
    is_here: bool
    is_default: bool


def find_views(page: str = "") -> QuerySet[SavedView]:
    """Return the views that the current viewer may use, of one list or of all."""
    return SavedView.objects.filter(page=page) if page else SavedView.objects.all()


def list_view_links(viewer: Viewer, page: str, query: str) -> list[ViewLink]:
    """Return the views of a list; `query` is the query string of the present address."""
    here, base = clean_query(query), reverse(page)
    return [
        ViewLink(
            ref=view.ref,
            name=view.name,
            url=f"{base}?{view.query or f'view={STANDARD}'}",
            is_shared=view.is_shared,
            is_own=view.person_id == viewer.person,
            is_here=bool(here) and view.query == here,
            is_default=view.is_default,
        )
        for view in find_views(page).annotate(is_default=Exists(DefaultView.objects.filter(view=OuterRef("pk"))))
    ]


def menu_views(viewer: Viewer) -> list[tuple[str, str]]:
    """Return names and addresses of the views in the menu: own ones first, then those that colleagues share."""
    is_own = Case(When(person=viewer.person or 0, then=0), default=1)
    views = SavedView.objects.order_by(is_own, "page", "name")[: 4 * MENU_VIEWS]
    usable = [view for view in views if find_page(view.page, viewer)]
    return [(view.name, f"{reverse(view.page)}?{view.query}") for view in usable[:MENU_VIEWS]]


def open_default_view(request: HttpRequest, page: str) -> HttpResponseRedirect | None:
    """Return the redirect to the default view of a list, None if the address names a view or there is no default."""
    if request.GET or request.method != "GET":
        return None
    default = DefaultView.objects.filter(page=page).select_related("view").first()
    return redirect(f"{reverse(page)}?{default.view.query}") if default and default.view.query else None
