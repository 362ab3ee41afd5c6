"""Counts for people: exact as far as anybody cares, then "more than": a page does not count to a hundred thousand."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

MOST = 1_000


@dataclass(frozen=True)
class CappedCount:
    """How many there are; `is_more` when there are more than `many`."""

    many: int
    is_more: bool = False

    def __str__(self) -> str:
        return f"{self.many:,}{'+' if self.is_more else ''}"

    def __bool__(self) -> bool:
        return self.many > 0


def count_capped(rows: "QuerySet[Any]", most: int = MOST) -> CappedCount:
    """Count rows up to a number."""
    found = rows.order_by()[: most + 1].count()
    return CappedCount(min(found, most), found > most)
