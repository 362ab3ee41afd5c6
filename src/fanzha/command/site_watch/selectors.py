"""Read the desk of candidates, and how far the logs were read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from django.db.models import Q

from fanzha.base.clock import to_ms
from fanzha.command.campaigns.selectors import find_campaigns_of_values
from fanzha.command.captures.selectors import find_latest_looks
from fanzha.command.site_watch.models import CandidateSite, CandidateState, ForkEvidence
from fanzha.command.web.roles import Kind, Role
from fanzha.store.site_watch import DAY_MS, DayCount, LogStatus, MentionCounts, open_site_watch, site_watch_path

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from fanzha.command.campaigns.models import Campaign
    from fanzha.command.captures.models import Capture

#: Who reads candidates and the state of the logs, and who decides; the kinds are owners of the process.
READERS = (Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER)
DECIDERS = (Role.ANALYST,)
KINDS = (Kind.CENTRE, Kind.REGULATOR, Kind.CARRIER, Kind.MVNO, Kind.ISP, Kind.PLATFORM)
COUNT_DAYS = 7


class Sighting(NamedTuple):
    """A candidate with the latest look at its page, and the campaign that the findings on it belong to."""

    candidate: CandidateSite
    look: Capture | None = None
    campaign: Campaign | None = None


class WatchReport(NamedTuple):
    """How far the logs were read, names by day and source, and candidates of today by brand: within, beyond.

    `mentions` counts the names of today that only mention a brand.
    """

    logs: list[LogStatus]
    days: list[DayCount]
    budget: dict[str, tuple[int, int]]
    mentions: MentionCounts


def find_candidates(
    state: str, *, is_within: bool | None = None, brand: str = "", mentions: bool = False
) -> QuerySet[CandidateSite]:
    """Return candidates that the viewer may read: open ones by score, others by when they were decided.

    Open names that only mention a brand are left out until a look found their page suspect; `mentions` returns names
    that only mention a brand alone.
    """
    rows = CandidateSite.objects.filter(state=state)
    only_mentions = Q(is_mention=True, is_suspect=False)
    if mentions:
        rows = rows.filter(only_mentions)
    elif state == CandidateState.OPEN:
        rows = rows.exclude(only_mentions)
    if is_within is not None:
        rows = rows.filter(is_within=is_within)
    if brand:
        rows = rows.filter(brand=brand)
    return rows.order_by("-score", "-pk") if state == CandidateState.OPEN else rows.order_by("-decided_at", "-pk")


def add_sightings(candidates: Iterable[CandidateSite]) -> list[Sighting]:
    """Return candidates with what became known of their sites since, by three queries for all of them."""
    rows = list(candidates)
    looks = find_latest_looks(row.host for row in rows)
    seen_at = {host: _final_host(look) for host, look in looks.items()}
    campaigns = find_campaigns_of_values("website", {*(row.host for row in rows), *seen_at.values()})
    return [
        Sighting(row, looks.get(row.host), campaigns.get(row.host) or campaigns.get(seen_at.get(row.host, "")))
        for row in rows
    ]


def _final_host(look: Capture) -> str:
    """Return the host at which the page was seen, which findings are about."""
    return urlsplit(look.final_url).hostname or look.host


def find_forks() -> QuerySet[ForkEvidence]:
    """Return the evidence of forks that the viewer may read, the latest first."""
    return ForkEvidence.objects.all()


def read_watch(now: datetime) -> WatchReport:
    """Return the state of the watch of new sites of this installation; nothing if it never ran."""
    if not site_watch_path().is_file():
        return WatchReport([], [], {}, MentionCounts(0, 0, 0))
    with open_site_watch() as store:
        since, today = to_ms(now - timedelta(days=COUNT_DAYS)), to_ms(now) // DAY_MS * DAY_MS
        return WatchReport(
            store.statuses(), store.day_counts(since), store.budget_counts(today), store.mention_counts(today)
        )
