"""Wrongful actions by detector or rule, for apps below that show figures of rules (found by this module's name)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from fanzha.command.orders.false_disposals import measure_detectors
from fanzha.command.web.scoping import scoped_to

if TYPE_CHECKING:
    from fanzha.command.reviews.selectors import MarkedShare
    from fanzha.command.web.viewer import Viewer


def wrongful_shares(viewer: Viewer, now: datetime) -> dict[str, MarkedShare]:
    """Return the share of restored targets of a year, by detector or rule of the own orders of the viewer."""
    with scoped_to(viewer):
        return {rate.key: rate.restored for rate in measure_detectors(viewer, now)}
