"""The subjects of documents of an order: its approved targets, masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanzha.command.orders.order_summary import PROCESS
from fanzha.command.orders.target_rows import ORDERED_STATES, select_targets
from fanzha.command.subjects.selectors import mask_value

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance


def masked_subjects(instance: ProcessInstance) -> list[str]:
    """Return the masked values of the targets that an order was approved for; none for another process."""
    if instance.process != PROCESS:
        return []
    return [mask_value(row.kind, row.value) for row in select_targets(instance).filter(state__in=ORDERED_STATES)]
