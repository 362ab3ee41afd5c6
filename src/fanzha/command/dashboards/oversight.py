"""Rates of supervised organisations: by organisation, by province and by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.cache import cache
from django.db.models import Case, Count, F, FloatField, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.processes.selectors import find_legs, late_legs, load_processes, missed_by_receiver
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.processes.models import Leg

#: Rates are over the legs that were opened within these days; the trend shows the last of them, today included.
DAYS, TREND_DAYS = 30, 30
CACHE_SECONDS = 300
#: States of an order's legs in which its effect was proven at a receiver, now or before it was lifted.
PROVEN = ("verified", "releasing", "lifted", "released")
#: Legs that say nothing of whether the order took effect.
NOT_COUNTED = ("forwarded", "excused", "cancelled")


class OversightRate(NamedTuple):
    """Legs of one receiver, province or day: all, those late by the receiver's doing; orders, those proven."""

    legs: int
    late: int
    orders: int
    proven: int

    @property
    def in_time(self) -> float | None:
        """Return the share that was in time, 0–1; None without any."""
        return 1 - self.late / self.legs if self.legs else None

    @property
    def effect(self) -> float | None:
        """Return the share of orders whose effect was proven, 0–1; None without any."""
        return self.proven / self.orders if self.orders else None


class ReceiverRate(NamedTuple):
    """One organisation with its rate."""

    organization: Organization
    rate: OversightRate


class RecentRates(NamedTuple):
    """The rates of a viewer's supervised organisations: each, by province (unless the viewer has one) and by day."""

    receivers: list[ReceiverRate]
    provinces: dict[str, OversightRate]
    days: dict[date, OversightRate]


def receiver_rates(viewer: Viewer, now: datetime, limit: int = 2_000) -> list[ReceiverRate]:
    """Return the supervised organisations with legs, lowest share in time first."""
    share = Case(When(legs=0, then=Value(0.0)), default=F("late") * 1.0 / F("legs"), output_field=FloatField())
    rows = (
        _annotate_counts(_recent_legs(viewer, now).values("receiver"))
        .annotate(share=share)
        .order_by("-share", "-legs", "receiver")
    )
    counts = list(rows[:limit])
    organizations = all_organizations().in_bulk([row["receiver"] for row in counts])
    return [ReceiverRate(organizations[row["receiver"]], _to_rate(row)) for row in counts]


def recent_rates(viewer: Viewer, now: datetime) -> RecentRates:
    """Return the rates of all supervised organisations, cached for `CACHE_SECONDS`."""
    key = f"desks:rates:{viewer.organization}:{timezone.get_current_timezone_name()}"
    rates: RecentRates | None = cache.get(key)
    if rates is None:
        provinces = {} if viewer.province else province_rates(viewer, now)
        rates = RecentRates(receiver_rates(viewer, now), provinces, daily_rates(viewer, now))
        cache.set(key, rates, CACHE_SECONDS)
    return rates


def overall_rate(viewer: Viewer, now: datetime) -> OversightRate:
    """Return the total rate of all supervised organisations, from the cached rates."""
    return sum_rates([receiver.rate for receiver in recent_rates(viewer, now).receivers])


def province_rates(viewer: Viewer, now: datetime) -> dict[str, OversightRate]:
    """Return the rates by province (GB/T 2260, two digits); organisations of the whole country are left out."""
    rows = _annotate_counts(
        _recent_legs(viewer, now).exclude(receiver__province="").values("receiver__province")
    ).order_by()
    return {row["receiver__province"]: _to_rate(row) for row in rows}


def daily_rates(viewer: Viewer, now: datetime) -> dict[date, OversightRate]:
    """Return the rates of the legs opened on each of the last days, in the reader's time zone; days without any too."""
    today = timezone.localtime(now).date()
    rows = _annotate_counts(_recent_legs(viewer, now).annotate(day=TruncDate("opened_at")).values("day")).order_by()
    rates = {row["day"]: _to_rate(row) for row in rows}
    days = [today - timedelta(days=back) for back in range(TREND_DAYS - 1, -1, -1)]
    return {day: rates.get(day, OversightRate(0, 0, 0, 0)) for day in days}


def sum_rates(rates: Sequence[OversightRate]) -> OversightRate:
    """Return the sum of rates."""
    return OversightRate(*(sum(column) for column in zip(*rates, strict=True))) if rates else OversightRate(0, 0, 0, 0)


def legs_late_now(viewer: Viewer, now: datetime) -> QuerySet[Leg]:
    """Return the legs of supervised organisations that are late now, longest unchanged first."""
    rows = find_legs().filter(receiver__in=viewer.supervised).select_related("instance__version", "receiver")
    return late_legs(rows, now).order_by("changed_at", "pk")


def _recent_legs(viewer: Viewer, now: datetime) -> QuerySet[Leg]:
    since = now - timedelta(days=DAYS)
    rows = find_legs().filter(receiver__in=viewer.supervised, opened_at__gte=since)
    return rows.annotate(was_late=missed_by_receiver(load_processes(), now))


def _annotate_counts(rows: Any) -> Any:
    order = Q(instance__process="order") & ~Q(state__in=NOT_COUNTED)
    return rows.annotate(
        legs=Count("pk"),
        late=Count("pk", filter=Q(was_late=True)),
        orders=Count("pk", filter=order),
        proven=Count("pk", filter=order & Q(state__in=PROVEN)),
    )


def _to_rate(row: Mapping[str, int]) -> OversightRate:
    return OversightRate(row["legs"], row["late"], row["orders"], row["proven"])
