"""What a key may do: `<app>:read` for what is read below that app's address, `<app>:write` for all else."""

from collections.abc import Iterable

from django.apps import apps
from django.utils.translation import gettext as _

from fanzha.command.web.api.problems import Problem
from fanzha.command.web.viewer import Viewer

READING = ("GET", "HEAD", "OPTIONS")


def scope_of(app: str, method: str) -> str:
    """Return the scope that a request needs."""
    return f"{app}:{'read' if method in READING else 'write'}"


def require_scope(viewer: Viewer, scope: str) -> None:
    """Raise a problem unless a key has a scope; people are limited by their roles alone."""
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
