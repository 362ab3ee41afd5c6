"""How well each feed held: the share of its decided subjects on which people of ours decided the same."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Sum

from fanzha.claims.verdict import Level
from fanzha.command.exchange.decided_items import select_decided_items
from fanzha.command.exchange.feed_items import USED, WITHDRAWN
from fanzha.command.exchange.models import Feed, FeedCount
from fanzha.command.web.scoping import unscoped
from fanzha.learn.intervals import Interval, exact_interval
from fanzha.share.opinions import MIN_DECIDED

if TYPE_CHECKING:
    from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("statements of feeds are counted for the organisation that subscribed to them")
_DAYS = 30


class FeedPrecision(NamedTuple):
    """A feed: statements used, unused and withdrawn in 30 days, and all subjects that people of ours decided on.

    `share` and `interval` (95 %) are None with fewer than `MIN_DECIDED` decided subjects.
    """

    feed: Feed
    used: int
    unused: int
    withdrawn: int
    confirmed: int
    refuted: int
    share: float | None
    interval: Interval | None


def list_feed_precisions(viewer: Viewer, now: datetime) -> list[FeedPrecision]:
    """Return the standing feeds of the viewer's organisation by source and name, by a fixed number of statements."""
    own = _UNSCOPED.rows(Feed).filter(owner=viewer.organization, ended_at=None)
    feeds = sorted(own.select_related("source"), key=lambda feed: (feed.source.name, feed.name))
    since = now - timedelta(days=_DAYS)
    counts = _UNSCOPED.rows(FeedCount).filter(feed__in=own.values("pk"), day__gte=since).order_by()
    totals: dict[int, dict[str, int]] = defaultdict(dict)
    for feed, outcome, total in counts.values_list("feed", "outcome").annotate(total=Sum("count")):
        totals[feed][outcome] = total
    held = _count_held(viewer.organization)
    return [_summarize(feed, totals[feed.pk], held[feed.pk]) for feed in feeds]


def _summarize(feed: Feed, totals: dict[str, int], held: dict[str, int]) -> FeedPrecision:
    used, withdrawn = totals.get(USED, 0), totals.get(WITHDRAWN, 0)
    unused = sum(totals.values()) - used - withdrawn
    confirmed, refuted = held.get(Level.SUSPECTED, 0), held.get(Level.CLEAR, 0)
    decided = confirmed + refuted
    if decided < MIN_DECIDED:
        return FeedPrecision(feed, used, unused, withdrawn, confirmed, refuted, None, None)
    interval = exact_interval(confirmed, decided)
    return FeedPrecision(feed, used, unused, withdrawn, confirmed, refuted, confirmed / decided, interval)


def _count_held(owner: int) -> dict[int, dict[str, int]]:
    """Return on how many subjects of each feed people decided, by level."""
    held: dict[int, dict[str, int]] = defaultdict(dict)
    for confirmed, name in ((True, Level.SUSPECTED.value), (False, Level.CLEAR.value)):
        items = select_decided_items(owner, confirmed=confirmed).order_by()
        for feed, total in items.values_list("feed").annotate(total=Count("subject", distinct=True)):
            held[feed][name] = total
    return held
