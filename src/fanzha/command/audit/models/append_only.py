"""Rows that are written once: Django refuses to change or delete them; so does the database itself (`append_only`)."""

from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn

from django.db import models


class WrittenOnce(Exception):
    """Somebody tried to change or delete a row of the log."""


class AppendOnlyRows(models.QuerySet[Any]):
    """Finds rows and adds rows."""

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
    """Finds and adds rows."""

    _queryset_class = AppendOnlyRows


class AppendOnly(models.Model):
    """A row that is written once."""

    objects: ClassVar[models.Manager[Any]] = AppendOnlyManager()

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        """Write a new row; refuse to change one."""
        if not self._state.adding:
            raise WrittenOnce(f"{type(self).__name__} is written once")
        super().save(**{**kwargs, "force_insert": True})

    def delete(self, using: Any = None, keep_parents: bool = False) -> NoReturn:
        """Refuse."""
        raise WrittenOnce(f"{type(self).__name__} is written once")
