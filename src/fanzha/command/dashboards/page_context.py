"""Template context of every page: navigation, viewer, organisation, theme and languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from fanzha.command.dashboards.navigation import navigation_links
from fanzha.command.organizations.selectors import active_organizations, current_memberships
from fanzha.command.processes.selectors import count_unread
from fanzha.command.saved_views.selectors import menu_views
from fanzha.command.web.looks import request_theme
from fanzha.command.web.roles import ROLE_TITLES, Role
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


#: The bar shows no larger number of unread messages.
_MOST_UNREAD = 99


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the base template; values that need a query are lazy."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    return {
        "viewer": viewer,
        "organization": getattr(request, "organization", None),
        "roles": [ROLE_TITLES[role] for role in Role if viewer and role in viewer.roles],
        "groups": list(navigation_links(viewer, request.path)) if viewer else [],
        "menu_views": SimpleLazyObject(lambda: menu_views(viewer) if viewer else []),
        "unread": SimpleLazyObject(lambda: count_unread(viewer, _MOST_UNREAD) if viewer else None),
        "organizations": SimpleLazyObject(lambda: _organizations(viewer)),
        "theme": request_theme(request),
        "languages": settings.LANGUAGES,
    }


def _organizations(viewer: Viewer | None) -> list[Organization]:
    """Return the active organisations of the viewer."""
    if viewer is None or viewer.person is None:
        return []
    memberships = current_memberships().filter(person=viewer.person)
    return list(active_organizations().filter(pk__in=memberships.values("organization")))
