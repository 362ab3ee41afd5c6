"""Routes of a notice, one after the other: text, shop or hotline, letter; each has a deadline before the next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.notices.models import DeliveryRoute, LimitNotice, NoticeState
from fanzha.command.notices.notice_settings import load_notice_settings
from fanzha.command.organizations.selectors import find_duty
from fanzha.command.processes.selectors import find_legs
from fanzha.command.processes.services import create_notification
from fanzha.command.web.roles import Kind
from fanzha.command.web.scoping import unscoped

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNSCOPED = unscoped("notices of all organisations are followed by one job")
#: Kinds of organisation with a shop or a line at which a notice is handed over.
COUNTERS = (Kind.CARRIER, Kind.MVNO, Kind.PLATFORM, Kind.BANK, Kind.ISP, Kind.AGGREGATOR)
_NEXT = {
    DeliveryRoute.TEXT: DeliveryRoute.SHOP,
    DeliveryRoute.SHOP: DeliveryRoute.LETTER,
    DeliveryRoute.HOTLINE: DeliveryRoute.LETTER,
    DeliveryRoute.LETTER: DeliveryRoute.LETTER,
}
_MOST = 500  # of one run


def first_route(kind: str, at: datetime) -> tuple[DeliveryRoute, datetime]:
    """Return the first route and its deadline: a phone gets a text, all others hear at a shop or by the hotline."""
    route = DeliveryRoute.TEXT if kind == "phone_number" else DeliveryRoute.SHOP
    return route, at + route_span(route)


def route_span(route: str) -> timedelta:
    """Return how long a route has to prove the delivery."""
    settings = load_notice_settings()
    hours = {DeliveryRoute.TEXT: settings.text_hours, DeliveryRoute.LETTER: settings.letter_hours}
    return timedelta(hours=hours.get(DeliveryRoute(route), settings.desk_hours))


def advance_routes(now: datetime) -> int:
    """Try the next route of each notice whose route had its time, and remind the desks; return how many."""
    due = _UNSCOPED.rows(LimitNotice).filter(delivered_at=None, lifted_at=None, route_due_at__lte=now)
    rows = list(due.select_related("owner", "instance").order_by("route_due_at")[:_MOST])
    for row in rows:
        with recorded():
            advance(row, now)
    return len(rows)


def advance(row: LimitNotice, now: datetime, *, notify: bool = True) -> None:
    """Try the next route of one notice and notify the desks; after the time of the letter, the duty officer.

    Without `notify` no notification is created.
    """
    before, route = DeliveryRoute(row.route), _NEXT[DeliveryRoute(row.route)]
    changed = {"route": route, "route_due_at": now + route_span(route), "state": NoticeState.UNDELIVERED}
    open_rows = _UNSCOPED.rows(LimitNotice).filter(pk=row.pk, delivered_at=None, lifted_at=None, route=before)
    if not open_rows.update(**changed) or not notify:
        return
    is_last = before == DeliveryRoute.LETTER
    for owner in dict.fromkeys([row.owner_id, *_counters(row)]):
        duty = find_duty(owner, now) if is_last else None
        create_notification(
            owner,
            _LATE if is_last else _UNDELIVERED,
            key=f"notice:{row.pk}:{row.generation}:{before}:{int(now.timestamp())}:{owner}",
            at=now,
            person=duty.officer if duty else None,
            path=reverse("limit_notice", args=[row.ref]),
            urgent=is_last,
        )


_UNDELIVERED = Words(
    "告知尚未送达：请在营业厅、通过热线或以信函送达",
    "A notice is not delivered: hand it over in a shop, by the hotline or by letter",
)
_LATE = Words("告知逾期未送达，请值班负责人督办", "A notice is overdue: nobody has reached the person")


def _counters(row: LimitNotice) -> Iterable[int]:
    """Return the organisations (primary keys) that carry the limit out and meet its holder."""
    legs = find_legs(_UNSCOPED).filter(instance=row.instance_id, receiver__kind__in=COUNTERS)
    return legs.order_by("receiver").values_list("receiver", flat=True).distinct()
