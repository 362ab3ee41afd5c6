"""The dashboard of analysts: campaigns waiting, own campaigns, late legs, and yesterday's results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from fanzha.command.campaigns.selectors import (
    LATE,
    MINE,
    WAITING,
    YESTERDAY,
    QueueFilter,
    campaign_rows,
    filter_queue,
    find_campaigns,
    queue_page,
)
from fanzha.command.campaigns.services import wake_due
from fanzha.command.dashboards.dashboard import Dashboard
from fanzha.command.dashboards.work_queue import MAX_ROWS, late_outstanding_legs, legs_to_do
from fanzha.command.dashboards.work_views import RESTORED, restored_yesterday
from fanzha.command.subjects.selectors import maturity_listings
from fanzha.command.web.components import EmptyState, KeyFigure, Listing, ListRow
from fanzha.command.web.viewer import Viewer
from fanzha.processes.parties import Actor

if TYPE_CHECKING:
    from fanzha.command.campaigns.models import Campaign


def analyst_dashboard(viewer: Viewer, actor: Actor, now: datetime) -> Dashboard:
    """Return the dashboard of an analyst."""
    queue = reverse("campaign_queue")
    wake_due(now, viewer.organization)  # before anything is counted
    return Dashboard(_figures(viewer, now, queue), tuple(_listings(viewer, actor, now, queue)))


def _figures(viewer: Viewer, now: datetime, queue: str) -> tuple[KeyFigure, ...]:
    waiting, late = (filter_queue(find_campaigns(), QueueFilter(show), viewer, now).count() for show in (WAITING, LATE))
    confirmed, restored = count_yesterday(viewer, now)
    return (
        KeyFigure(f"{waiting:,}", _("campaigns waiting"), queue),
        KeyFigure(f"{late:,}", _("of them late"), f"{queue}?show={LATE}", is_harm=bool(late)),
        KeyFigure(f"{confirmed:,}", _("confirmed yesterday"), f"{queue}?show={YESTERDAY}"),
        KeyFigure(
            f"{restored:,}", _("restored yesterday"), f"{reverse('work')}?show={RESTORED}", is_harm=bool(restored)
        ),
    )


def count_yesterday(viewer: Viewer, now: datetime) -> tuple[int, int]:
    """Return the numbers of campaigns confirmed and of false disposals restored yesterday."""
    confirmed = filter_queue(find_campaigns(), QueueFilter(YESTERDAY), viewer, now).count()
    return confirmed, restored_yesterday(viewer, now).count()


def _listings(viewer: Viewer, actor: Actor, now: datetime, queue: str) -> list[Listing]:
    own_campaigns = filter_queue(find_campaigns(), QueueFilter(MINE), viewer, now).select_related("assignee", "owner")
    return [
        Listing(
            _("Waiting, hottest first"),
            _rows(queue_page(QueueFilter(WAITING, on_trial=False), viewer, size=MAX_ROWS).rows, viewer),
            EmptyState(_("No campaigns are waiting. New findings appear here automatically.")),
            queue,
            ident="clear",
        ),
        *_waiting_on_trial(viewer, queue),
        Listing(
            _("Mine"),
            _rows(list(own_campaigns.order_by("-heat", "-pk")[:MAX_ROWS]), viewer),
            EmptyState(_("You have not taken any campaigns. Take one from the list above.")),
            f"{queue}?show={MINE}",
            ident="mine",
        ),
        Listing(
            _("Late at other organisations"),
            late_outstanding_legs(viewer, now),
            EmptyState(_("No other organisation is late.")),
            ident="late",
        ),
        Listing(
            _("Waiting for you at our organisation"),
            legs_to_do(viewer, actor),
            EmptyState(_("No orders are waiting for you.")),
            reverse("work"),
            ident="to-do",
        ),
    ]


def _waiting_on_trial(viewer: Viewer, queue: str) -> list[Listing]:
    """Return the waiting campaigns without a live finding in lists by maturity; nothing if there are none."""
    page = queue_page(QueueFilter(WAITING, on_trial=True), viewer, size=MAX_ROWS)
    listings = maturity_listings(_rows(page.rows, viewer), EmptyState(""))
    return [replace(listing, all_url=queue) for listing in listings]


def _rows(campaigns: Sequence[Campaign], viewer: Viewer) -> list[ListRow]:
    """Return campaigns as rows of the queue, without the checkbox for bulk actions."""
    return [replace(row, checkbox_value="") for row in campaign_rows(campaigns, viewer)]
