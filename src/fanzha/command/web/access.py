"""Restrict views to signed-in people, optionally with certain roles."""

from collections.abc import Callable
from functools import wraps
from typing import Any, overload

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from fanzha.command.web.roles import Kind, Role

View = Callable[..., HttpResponseBase]


@overload
def signed_in(first: View) -> View: ...
@overload
def signed_in(first: Role, *roles: Role, kinds: tuple[Kind, ...] = ()) -> Callable[[View], View]: ...
@overload
def signed_in(*, kinds: tuple[Kind, ...]) -> Callable[[View], View]: ...


def signed_in(first: Any = None, *roles: Role, kinds: tuple[Kind, ...] = ()) -> Any:
    """Restrict a view to signed-in people: `@signed_in`, or to roles: `@signed_in(Role.REVIEWER)`.

    `kinds` limits it to organisations of these kinds. Anonymous requests are redirected to the login, others refused.
    """
    if callable(first):
        return _guarded(first, (), ())
    wanted = (first, *roles) if first is not None else ()
    return lambda view: _guarded(view, wanted, kinds)


def _guarded(view: View, roles: tuple[Role, ...], kinds: tuple[Kind, ...]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        viewer = getattr(request, "viewer", None)
        if viewer is None or (roles and not viewer.has(*roles)) or (kinds and viewer.kind not in kinds):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    guarded.guarded, guarded.roles, guarded.kinds = True, roles, kinds  # type: ignore[attr-defined]
    return guarded
