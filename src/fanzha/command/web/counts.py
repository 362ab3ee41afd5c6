"""Counts that stop at a maximum and are then shown as "more than", so that pages need not count all rows."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

MOST = 1_000


@dataclass(frozen=True)
class CappedCount:
    """A count. `is_more` is set if there are more than `many`."""

    many: int
    is_more: bool = False

    def __str__(self) -> str:
        return f"{self.many:,}{'+' if self.is_more else ''}"

    def __bool__(self) -> bool:
        return self.many > 0


def count_capped(rows: "QuerySet[Any]", most: int = MOST) -> CappedCount:
    """Count rows up to a maximum."""
    found = rows.order_by()[: most + 1].count()
    return CappedCount(min(found, most), found > most)
