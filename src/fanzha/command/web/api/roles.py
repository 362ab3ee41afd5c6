"""Restrict routes to roles. They are checked before the body is read, and documented in the OpenAPI file.

@ROUTER.post("/notices/{number}/delivered")
@for_roles(Role.EXECUTOR, Role.CLERK)
def deliver_notice(...)
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from django.utils.translation import gettext as _
from ninja.operation import Operation
from ninja.utils import contribute_operation_callback

from fanzha.command.web.api.problems import Problem
from fanzha.command.web.roles import Kind, Role
from fanzha.command.web.viewer import Viewer

V = TypeVar("V", bound=Callable[..., Any])


class RouteRoles(NamedTuple):
    """Allowed roles and kinds of organisation. Empty: everybody."""

    roles: tuple[Role, ...] = ()
    kinds: tuple[Kind, ...] = ()

    def allows(self, viewer: Viewer) -> bool:
        """Return whether a viewer is allowed."""
        return (not self.roles or viewer.has(*self.roles)) and (not self.kinds or viewer.kind in self.kinds)


def for_roles(*roles: Role, kinds: tuple[Kind, ...] = ()) -> Callable[[V], V]:
    """Restrict a route to people and keys with one of the roles, in these kinds. Put it below `@ROUTER.…`."""
    who = RouteRoles(roles, kinds)

    def declare(view: V) -> V:
        view.declared = who  # type: ignore[attr-defined]
        contribute_operation_callback(view, lambda operation: _describe(operation, who))
        return view

    return declare


def route_roles(run: Callable[..., Any]) -> RouteRoles:
    """Return the roles of the route of an operation's `run`."""
    operation = getattr(run, "__self__", None)
    if not isinstance(operation, Operation):
        raise TypeError("a route has a decorator of its own before the door: its roles cannot be read")
    return getattr(operation.view_func, "declared", RouteRoles())


def require_role(viewer: Viewer, who: RouteRoles) -> None:
    """Raise a problem unless the viewer is allowed."""
    if not who.allows(viewer):
        raise Problem("forbidden", _("This is not one of your tasks."))


def _describe(operation: Operation, who: RouteRoles) -> None:
    told = {"x-roles": [role.value for role in who.roles], "x-kinds": [kind.value for kind in who.kinds]}
    operation.openapi_extra = (operation.openapi_extra or {}) | {name: value for name, value in told.items() if value}
