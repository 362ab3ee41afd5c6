"""Every query is scoped: without a viewer it raises, with one it finds what that viewer may read (fails closed).

A scoped model says by `readable(viewer)` what may be read. Code that works for the platform itself gives its reason:
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
    """Limit all queries within to what the viewer may read."""
    with scope(viewer=viewer):
        yield


class Unscoped:
    """All rows, whoever looks: within a block, or of one model. Made by `unscoped`."""

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
    """Return the only way past scoping; the reason must be given, for whoever reads the code.

    `with unscoped("deadlines pass for all organisations"):` lets all queries within find everything;
    `unscoped("…").rows(Model)` is a query of one model over all rows. Raises ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("say why all rows must be found")
    return Unscoped(reason)


def current_viewer() -> Viewer | None:
    """Return who is looking now."""
    found = get_scope().get("viewer")
    return found if isinstance(found, Viewer) else None


class ScopedManager(models.Manager[M]):
    """Finds what the present viewer may read; raises `django_scopes.exceptions.ScopeError` when nobody is looking."""

    def get_queryset(self) -> models.QuerySet[M]:
        """Return the rows that may be read."""
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
        """Return all that may be read."""
        return self.get_queryset().all()


class Scoped(models.Model):
    """A row that belongs to an organisation."""

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        abstract = True

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return what a viewer may read: the rows of his own organisation."""
        return Q(owner=viewer.organization)

    @classmethod
    def as_read_by(cls, viewer: Viewer) -> models.QuerySet[Self]:
        """Return the rows that a viewer may read, whoever looks now."""
        with scoped_to(viewer):
            return cls.objects.all()


def readable_by_marking(viewer: Viewer) -> Q:
    """Return the rows with `owner` and `marking` that a viewer may read.

    All of his own organisation; of those it supervises what is not for named readers only; of all what is for all.
    """
    own = Q(owner=viewer.organization) | Q(marking__in=FOR_ALL)
    if not viewer.supervised:
        return own
    return own | Q(owner__in=viewer.supervised, marking__in=FOR_SUPERVISORS)
