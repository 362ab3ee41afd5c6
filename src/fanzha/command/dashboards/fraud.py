"""Fraud found in the organisations that a viewer reads: by province, fraud type, organisation and day of 30 days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeVar

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import get_language

from fanzha.command.campaigns.selectors import CampaignTally, FraudFigures, tally_campaigns, tally_trunks, tie_title
from fanzha.command.dashboards.oversight import CACHE_SECONDS, DAYS
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.reviews.selectors import MIN_DECISIONS
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer
from fanzha.learn.intervals import Interval, wilson_interval

K = TypeVar("K", bound=Hashable)
#: A count of people below this is withheld, and so is the loss in fewer campaigns.
FEWEST = 5
_TRUNKS = 50


class Estimate(NamedTuple):
    """A share `part / whole`, known from `MIN_DECISIONS` on."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        """Return the share, 0–1; None if `whole` is too small to say one."""
        return self.part / self.whole if self.whole >= MIN_DECISIONS else None

    @property
    def interval(self) -> Interval:
        """Return the 95 % interval of the share."""
        return wilson_interval(self.part / self.whole if self.whole else 0.0, self.whole)


class RecentFraud(NamedTuple):
    """The tallies of a viewer's campaigns, and the province of each owner (GB/T 2260; "" for the whole country)."""

    tallies: list[CampaignTally]
    provinces: dict[int, str]

    def in_province(self, province: str) -> RecentFraud:
        """Return the part of the owners of one province."""
        return RecentFraud([one for one in self.tallies if self.provinces[one.owner] == province], self.provinces)

    def total(self) -> FraudFigures:
        """Return the sum."""
        return FraudFigures.total(one.figures for one in self.tallies)

    def by_province(self) -> dict[str, FraudFigures]:
        """Return the figures by province; owners of the whole country are left out."""
        grouped = _group(self.tallies, lambda one: self.provinces[one.owner])
        return {province: figures for province, figures in sorted(grouped.items()) if province}

    def by_type(self) -> dict[str, FraudFigures]:
        """Return the figures by fraud type, most campaigns first."""
        grouped = _group(self.tallies, lambda one: one.fraud_type)
        return dict(sorted(grouped.items(), key=lambda item: (-item[1].campaigns, item[0])))

    def by_owner(self) -> dict[int, FraudFigures]:
        """Return the figures by owner (primary key)."""
        return _group(self.tallies, lambda one: one.owner)

    def by_day(self, now: datetime) -> dict[date, FraudFigures]:
        """Return the figures of each of the last `DAYS` days, also of days without any."""
        grouped, today = _group(self.tallies, lambda one: one.day), timezone.localtime(now).date()
        days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
        return {day: grouped.get(day, FraudFigures()) for day in days}


def recent_fraud(viewer: Viewer, now: datetime) -> RecentFraud:
    """Return the fraud found in the last `DAYS` days, cached for `CACHE_SECONDS`."""
    key = f"desks:fraud:{viewer.organization}:{timezone.get_current_timezone_name()}"
    found: RecentFraud | None = cache.get(key)
    if found is None:
        today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        tallies = tally_campaigns(viewer.reads, today - timedelta(days=DAYS - 1))
        rows = all_organizations().filter(pk__in={one.owner for one in tallies})
        found = RecentFraud(tallies, dict(rows.values_list("pk", "province")))
        cache.set(key, found, CACHE_SECONDS)
    return found


class TrunkShares(NamedTuple):
    """Organisations and trunks with their campaigns, most first; `campaigns` counts all with a known trunk."""

    rows: list[tuple[str, int]]
    campaigns: int


def recent_trunks(viewer: Viewer, now: datetime, province: str = "") -> TrunkShares:
    """Return the trunks of the campaigns of the last `DAYS` days, cached for `CACHE_SECONDS`."""
    key = f"desks:trunks:{viewer.organization}:{province}:{get_language()}"
    found: TrunkShares | None = cache.get(key)
    if found is None:
        owners = all_organizations().filter(pk__in=viewer.reads)
        names = (owners.filter(province=province) if province else owners).in_bulk()
        counts = tally_trunks(names, now - timedelta(days=DAYS))
        rows = [
            (f"{names[owner]} · {localize(tie_title('trunk', trunk))}", many) for owner, trunk, many in counts[:_TRUNKS]
        ]
        found = TrunkShares(rows, sum(many for _owner, _trunk, many in counts))
        cache.set(key, found, CACHE_SECONDS)
    return found


def find_withheld(counts: Mapping[K, int]) -> frozenset[K]:
    """Return the cells to withhold: those of fewer than `FEWEST`, and if that is one alone, the next smallest.

    A single withheld cell would follow from the total.
    """
    few = {key for key, count in counts.items() if 0 < count < FEWEST}
    others = [key for key, count in counts.items() if count >= FEWEST]
    if len(few) == 1 and others:
        few.add(min(others, key=lambda key: counts[key]))
    return frozenset(few)


def _group(tallies: Iterable[CampaignTally], key: Callable[[CampaignTally], K]) -> dict[K, FraudFigures]:
    groups: defaultdict[K, list[FraudFigures]] = defaultdict(list)
    for one in tallies:
        groups[key(one)].append(one.figures)
    return {found: FraudFigures.total(figures) for found, figures in groups.items()}


def sum_days(days: Mapping[date, Sequence[int]], span: int = 7) -> dict[date, tuple[int, ...]]:
    """Return for each day the sums over the `span` days that end with it; the first days, with fewer, are left out."""
    rows = list(days.items())
    return {
        rows[last][0]: tuple(map(sum, zip(*(row for _day, row in rows[last - span + 1 : last + 1]), strict=True)))
        for last in range(span - 1, len(rows))
    }
