"""Queries of the exchange, for its pages, API and TAXII server, and for other apps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from fanzha.base.marking import STRICTNESS
from fanzha.base.words import Words
from fanzha.command.exchange.decided_items import select_decided_items
from fanzha.command.exchange.feed_checks import UNUSED_WORDS, UnusedReason
from fanzha.command.exchange.feed_items import USED, WITHDRAWN
from fanzha.command.exchange.feed_services import is_silent
from fanzha.command.exchange.models import (
    CEILINGS,
    Collection,
    CollectionReader,
    Feed,
    FeedCount,
    FeedItem,
    GivenCount,
    PendingShare,
    SharedObject,
    WithheldCount,
)
from fanzha.command.exchange.release import (
    NOT_FOR_ABROAD,
    WITHHELD_WORDS,
    ForeignReader,
    Passage,
    WithheldReason,
    open_passage,
)
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.share.foreign_items import CAMPAIGN
from fanzha.share.items import REJECT_WORDS, RejectReason
from fanzha.share.opinions import Precision, precision_of

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.web.viewer import Viewer

#: Who sees what is exchanged, and who decides on it.
WATCHERS = (Role.LIAISON, Role.ADMINISTRATOR, Role.DUTY_OFFICER, Role.REVIEWER, Role.PRIVACY_OFFICER)
MANAGERS = (Role.LIAISON, Role.ADMINISTRATOR)
_UNSCOPED = unscoped("collections are found by the organisation of the key")
_CHUNK = 500


class CollectionAccess(NamedTuple):
    """A collection and what an organisation may do with it; `foreign` and `passage` are of a reader abroad."""

    collection: Collection
    may_add: bool
    is_owner: bool
    foreign: ForeignReader | None = None
    passage: Passage | None = None

    @property
    def markings(self) -> list[str]:
        """Return the markings of the objects that it may read."""
        return [one.value for one in CEILINGS if STRICTNESS[one.value] >= STRICTNESS[self.collection.ceiling]]

    @property
    def admitted(self) -> Q:
        """Return the condition of the objects that it may read: abroad those of approved kinds, and its own ones."""
        if self.passage is None or self.foreign is None:
            return Q()
        if not self.passage.is_open:
            return Q(pk=None)
        kinds = [*self.passage.kinds, CAMPAIGN]
        owner = self.collection.owner_id
        frame = Q(source=owner, leaves_as="", about="")
        return Q(source=self.foreign.reader) | frame | Q(source=owner, leaves_as__in=kinds)


def find_collections(organization: int, shared_by: int | None = None) -> list[CollectionAccess]:
    """Return the collections that an organisation (primary key) owns or may read, the oldest first.

    With `shared_by` those of that organisation alone.
    """
    rows = _UNSCOPED.rows(Collection).filter(retired_at=None).select_related("owner")
    rows = rows if shared_by is None else rows.filter(owner=shared_by)
    grants = {grant.collection_id: grant for grant in _grants(organization)}
    own = rows.filter(owner=organization)
    return [_access(row, grants.get(row.pk)) for row in (own | rows.filter(pk__in=list(grants))).order_by("pk")]


def find_collection(organization: int, taxii_id: str, shared_by: int | None = None) -> CollectionAccess | None:
    """Return one such collection by its id in TAXII."""
    row = _UNSCOPED.rows(Collection).filter(taxii_id=taxii_id, retired_at=None).select_related("owner").first()
    if row is None or shared_by not in (None, row.owner_id):
        return None
    grant = _grants(organization).filter(collection=row).first()
    return _access(row, grant) if grant is not None or row.owner_id == organization else None


def _grants(organization: int) -> QuerySet[CollectionReader]:
    return _UNSCOPED.rows(CollectionReader).filter(reader=organization, ended_at=None).select_related("reader")


def _access(row: Collection, grant: CollectionReader | None) -> CollectionAccess:
    if grant is None:
        return CollectionAccess(row, True, True)
    if not (grant.country or grant.reader.country):
        return CollectionAccess(row, grant.may_add, False)
    foreign = ForeignReader(row.owner_id, grant.reader_id, row.pk, grant.purpose)
    passage = open_passage(foreign, timezone.now()) if row.is_abroad else NOT_FOR_ABROAD
    return CollectionAccess(row, grant.may_add and row.is_abroad, False, foreign, passage)


class CollectionSummary(NamedTuple):
    """A collection as its page shows it."""

    collection: Collection
    readers: list[ReaderRow]
    objects: int
    revoked: int
    pending: int
    given: list[GivenTotal]
    withheld: list[tuple[str, int]]


class ReaderRow(NamedTuple):
    """A reader of a collection as its page shows it; `closed` says why one abroad is given nothing now."""

    pk: int
    reader: Organization
    purpose: str
    country: str
    may_add: bool
    since: datetime
    closed: str


def _present_reader(collection: Collection, grant: CollectionReader) -> ReaderRow:
    passage = _access(collection, grant).passage
    country = grant.country or grant.reader.country
    closed = "" if passage is None or passage.is_open else localize(passage.why)
    return ReaderRow(grant.pk, grant.reader, grant.purpose, country, grant.may_add, grant.since, closed)


class GivenTotal(NamedTuple):
    """What an organisation read of a collection in all."""

    name: str
    objects: int
    requests: int
    last_hour: datetime


def summarize_collection(collection: Collection) -> CollectionSummary:
    """Return a collection of the viewer's organisation with readers, counts, and objects given to each reader."""
    objects = _UNSCOPED.rows(SharedObject).filter(collection=collection, is_last=True)
    readers = list(CollectionReader.objects.filter(collection=collection, ended_at=None).select_related("reader"))
    withheld = WithheldCount.objects.filter(collection=collection).values_list("reason", "count")
    return CollectionSummary(
        collection,
        [_present_reader(collection, grant) for grant in readers],
        objects.count(),
        objects.filter(is_revoked=True).count(),
        _UNSCOPED.rows(PendingShare).filter(owner=collection.owner_id).count(),
        _sum_given(GivenCount.objects.filter(collection=collection)),
        [(localize(WITHHELD_WORDS[WithheldReason(reason)]), count) for reason, count in withheld],
    )


def _sum_given(counts: QuerySet[GivenCount]) -> list[GivenTotal]:
    totals: dict[int, GivenTotal] = {}
    for row in counts.select_related("receiver").order_by("hour"):
        before = totals.get(row.receiver_id)
        objects = row.objects_given + (before.objects if before else 0)
        requests = row.requests + (before.requests if before else 0)
        totals[row.receiver_id] = GivenTotal(row.receiver.name, objects, requests, row.hour)
    return sorted(totals.values(), key=lambda total: -total.objects)


def list_collections(viewer: Viewer) -> list[CollectionAccess]:
    """Return the collections that the viewer's organisation owns or reads, the newest first."""
    return sorted(find_collections(viewer.organization), key=lambda access: -access.collection.pk)


class SharedObjectRow(NamedTuple):
    """One version of an object as it was given: `says` is the pattern of an indicator, or the name of the object."""

    stix_id: str
    stix_type: str
    version: str
    says: str
    is_revoked: bool


def describe_objects(pks: Sequence[int]) -> list[SharedObjectRow]:
    """Return shared objects (primary keys) in their order; those that are gone are missing."""
    rows: list[SharedObjectRow] = []
    for start in range(0, len(pks), _CHUNK):
        found = _UNSCOPED.rows(SharedObject).filter(pk__in=pks[start : start + _CHUNK]).order_by("pk")
        for row in found:
            body = msgspec.json.decode(bytes(row.body))
            says = str(body.get("pattern") or body.get("name") or "")
            rows.append(SharedObjectRow(row.stix_id, row.stix_type, row.version, says, row.is_revoked))
    return rows


class FeedSummary(NamedTuple):
    """A feed as its page shows it. `used` and `unused` are of the last 30 days; `confirmed` and `refuted` of all."""

    feed: Feed
    is_silent: bool
    standing: int
    used: int
    withdrawn: int
    unused: list[tuple[str, int]]
    confirmed: int
    refuted: int
    precision: Precision


def list_feeds() -> QuerySet[Feed]:
    """Return the feeds of the current viewer's organisation that have not ended."""
    return Feed.objects.filter(ended_at=None).select_related("source").order_by("name")


def find_silent_feeds(now: datetime) -> list[Feed]:
    """Return the active feeds of the current viewer's organisation that are silent."""
    return [feed for feed in list_feeds().filter(is_active=True) if is_silent(feed, now)]


def summarize_feed(feed: Feed, now: datetime) -> FeedSummary:
    """Return a feed of the viewer's organisation: what was used, what not for which reason, and how well it held."""
    counts = FeedCount.objects.filter(feed=feed, day__gte=now - timedelta(days=30)).order_by()
    totals = dict(counts.values_list("outcome").annotate(total=Sum("count")))
    used, withdrawn = totals.pop(USED, 0), totals.pop(WITHDRAWN, 0)
    unused = [(localize(_reason_words(name)), number) for name, number in sorted(totals.items(), key=_by_number)]
    confirmed, refuted = _count_held(feed)
    standing = FeedItem.objects.filter(feed=feed, withdrawn_at=None).exclude(opinion_id="").count()
    return FeedSummary(
        feed,
        is_silent(feed, now),
        standing,
        used,
        withdrawn,
        unused,
        confirmed,
        refuted,
        precision_of(confirmed, refuted),
    )


def _by_number(total: tuple[str, int]) -> tuple[int, str]:
    return -total[1], total[0]


def _reason_words(name: str) -> Words:
    if name in set(UnusedReason):
        return UNUSED_WORDS[UnusedReason(name)]
    return REJECT_WORDS[RejectReason(name)] if name in set(RejectReason) else Words(name, name)


def _count_held(feed: Feed) -> tuple[int, int]:
    """Return on how many subjects of a feed people of the organisation decided the same, and the opposite."""
    confirmed, refuted = (
        select_decided_items(feed.owner_id, confirmed=same).filter(feed=feed).order_by().values("subject")
        for same in (True, False)
    )
    return confirmed.distinct().count(), refuted.distinct().count()
