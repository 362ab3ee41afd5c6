"""Scope every query to the viewer. Queries without a viewer raise an error, so access fails closed.

A scoped model defines the readable rows in `readable(viewer)`. Code that works for the platform itself gives a reason:
`with unscoped("timers are due for all organisations"):`.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q
from django_scopes import scope
from django_scopes.manager import DisabledQuerySet
from django_scopes.state import get_scope

from fanzha.command.web.viewer import FOR_ALL, FOR_SUPERVISORS, Viewer

M = TypeVar("M", bound=models.Model)


@contextmanager
def scoped_to(viewer: Viewer) -> Iterator[None]:
    """Limit all queries in the block to rows that the viewer may read."""
    with scope(viewer=viewer):
        yield


class Unscoped:
    """Access to all rows, in a block or of one model. Created by `unscoped`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self._exit = ExitStack()

    def __enter__(self) -> None:
        self._exit.enter_context(scope(_enabled=False))

    def __exit__(self, *_error: object) -> None:
        self._exit.close()

    def rows(self, model: type[M]) -> models.QuerySet[M]:
        """Return all rows of a model, also inside a viewer's scope."""
        return model._base_manager.all()


def unscoped(reason: str) -> Unscoped:
    """Return access to all rows, the only way around scoping. The reason documents the code.

    `with unscoped("deadlines pass for all organisations"):` unscopes all queries in the block;
    `unscoped("…").rows(Model)` is a query over all rows of one model. Raise ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("say why all rows must be found")
    return Unscoped(reason)


def current_viewer() -> Viewer | None:
    """Return the current viewer."""
    found = get_scope().get("viewer")
    return found if isinstance(found, Viewer) else None


class ScopedManager(models.Manager[M]):
    """Manager of the rows that the current viewer may read. Raise `ScopeError` (django_scopes) without a viewer.

    Joins are not scoped: `annotate(Count("legs"))`, `filter(legs__state=…)` and `prefetch_related("legs")` read all
    rows of the other table. Use a `Subquery` or `Exists` of that table's own rows.
    """

    def get_queryset(self) -> models.QuerySet[M]:
        """Return the readable rows."""
        held = get_scope()
        if not held.get("_enabled", True):
            return super().get_queryset()
        viewer = held.get("viewer")
        if viewer is None:
            disabled: models.QuerySet[M] = DisabledQuerySet(self.model, using=self._db, missing_scopes={"viewer"})
            return disabled
        readable: Q = self.model.readable(viewer)  # type: ignore[attr-defined]
        return super().get_queryset().filter(readable)

    def all(self) -> models.QuerySet[M]:
        """Return all readable rows."""
        return self.get_queryset().all()


class Scoped(models.Model):
    """Base model of rows that belong to an organisation."""

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        abstract = True

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition of readable rows: those of the viewer's organisation."""
        return Q(owner=viewer.organization)

    @classmethod
    def as_read_by(cls, viewer: Viewer) -> models.QuerySet[Self]:
        """Return the rows that a given viewer may read, independent of the current viewer."""
        with scoped_to(viewer):
            return cls.objects.all()


def readable_by_marking(viewer: Viewer) -> Q:
    """Return the condition of readable rows of a model with `owner` and `marking`.

    These are its own rows, rows of supervised organisations unless restricted to named readers, and public rows.
    """
    own = Q(owner=viewer.organization) | Q(marking__in=FOR_ALL)
    if not viewer.supervised:
        return own
    return own | Q(owner__in=viewer.supervised, marking__in=FOR_SUPERVISORS)
