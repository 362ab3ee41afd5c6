"""Scopes of API keys: `<app>:read` for reading requests below the app's path, `<app>:write` for all others."""

from collections.abc import Iterable

from django.apps import apps
from django.utils.translation import gettext as _

from fanzha.command.web.api.problems import Problem
from fanzha.command.web.viewer import Viewer

READING = ("GET", "HEAD", "OPTIONS")


def scope_of(app: str, method: str) -> str:
    """Return the scope that a request requires."""
    return f"{app}:{'read' if method in READING else 'write'}"


def require_scope(viewer: Viewer, scope: str) -> None:
    """Raise a problem if a key lacks the scope. People are limited only by their roles."""
    if not viewer.may(scope):
        raise Problem("forbidden", _("The key lacks the scope %(scope)s.") % {"scope": scope}, scope=scope)


def all_scopes(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the scopes of apps with their titles."""
    found = []
    for name in names:
        title = str(apps.get_app_config(name).verbose_name)
        found.append((f"{name}:read", _("%(part)s: read") % {"part": title}))
        found.append((f"{name}:write", _("%(part)s: change") % {"part": title}))
    return found
