"""Base model of insert-only rows. The database refuses changes as well (`fanzha.command.audit.append_only`)."""

from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn

from django.db import models


class WrittenOnce(Exception):
    """A program tried to change or delete a row of the log."""


class AppendOnlyRows(models.QuerySet[Any]):
    """Queryset that allows reads and inserts only."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise WrittenOnce(f"{self.model.__name__} is written once")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise WrittenOnce(f"{self.model.__name__} is written once")

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> NoReturn:
        """Refuse."""
        raise WrittenOnce(f"{self.model.__name__} is written once")


class AppendOnlyManager(models.Manager[Any]):
    """Manager that allows reads and inserts only."""

    _queryset_class = AppendOnlyRows


class AppendOnly(models.Model):
    """Abstract base of insert-only models."""

    objects: ClassVar[models.Manager[Any]] = AppendOnlyManager()

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        """Insert a new row. Raise WrittenOnce if the row exists."""
        if not self._state.adding:
            raise WrittenOnce(f"{type(self).__name__} is written once")
        super().save(**{**kwargs, "force_insert": True})

    def delete(self, using: Any = None, keep_parents: bool = False) -> NoReturn:
        """Refuse."""
        raise WrittenOnce(f"{type(self).__name__} is written once")
