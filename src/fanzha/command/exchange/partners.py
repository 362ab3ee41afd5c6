"""The partner desk: objects given to each organisation, statements received from it, and the share confirmed."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Sum

from fanzha.claims.verdict import Level
from fanzha.command.exchange.decided_items import select_decided_items
from fanzha.command.exchange.feed_items import USED
from fanzha.command.exchange.models import CollectionReader, Feed, FeedCount, GivenCount
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.web.scoping import unscoped
from fanzha.share.opinions import Precision, precision_of

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("statements of partners are counted for the organisation that received them")

DAYS = 30


class PartnerRow(NamedTuple):
    """One partner: collections that it reads, objects given, feeds from it, and their outcome.

    `given` and `used` are of the last 30 days; `confirmed` and `refuted` of all statements that people of ours decided.
    """

    organization: Organization
    collections: int
    given: int
    feeds: int
    used: int
    confirmed: int
    refuted: int
    precision: Precision


def list_partners(viewer: Viewer, now: datetime) -> list[PartnerRow]:
    """Return the partners of the viewer's organisation, by name, by a fixed number of statements."""
    own, since = viewer.organization, now - timedelta(days=DAYS)
    reading = _UNSCOPED.rows(CollectionReader).filter(collection__owner=own, collection__retired_at=None, ended_at=None)
    collections = dict(reading.order_by().values_list("reader").annotate(total=Count("pk")))
    given_counts = _UNSCOPED.rows(GivenCount).filter(collection__owner=own, hour__gte=since)
    given = dict(given_counts.order_by().values_list("receiver").annotate(total=Sum("objects_given")))
    standing = _UNSCOPED.rows(Feed).filter(owner=own, ended_at=None)
    feeds = dict(standing.order_by().values_list("source").annotate(total=Count("pk")))
    used_counts = _UNSCOPED.rows(FeedCount).filter(feed__owner=own, outcome=USED, day__gte=since)
    used = dict(used_counts.order_by().values_list("feed__source").annotate(total=Sum("count")))
    held = _count_held(own)
    organizations = all_organizations().in_bulk({*collections, *given, *feeds, *used})
    rows = [
        PartnerRow(
            row,
            collections.get(pk, 0),
            given.get(pk, 0),
            feeds.get(pk, 0),
            used.get(pk, 0),
            held[pk, Level.SUSPECTED.value],
            held[pk, Level.CLEAR.value],
            precision_of(held[pk, Level.SUSPECTED.value], held[pk, Level.CLEAR.value]),
        )
        for pk, row in organizations.items()
    ]
    return sorted(rows, key=lambda row: row.organization.name)


def _count_held(own: int) -> dict[tuple[int, str], int]:
    """Return on how many subjects people decided, by the source that stated something on them and by level."""
    counts: dict[tuple[int, str], int] = defaultdict(int)
    for confirmed, level in ((True, Level.SUSPECTED.value), (False, Level.CLEAR.value)):
        items = select_decided_items(own, confirmed=confirmed).order_by()
        totals = items.values_list("feed__source").annotate(total=Count("subject", distinct=True))
        counts |= {(source, level): total for source, total in totals}
    return counts
