"""API routes of the exchange: collections, who reads them, and feeds. The objects themselves are read by TAXII."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Status

from fanzha.base.words import Words
from fanzha.command.exchange.feed_services import change_feed, end_feed, subscribe_feed
from fanzha.command.exchange.models import Collection, CollectionReader, Feed
from fanzha.command.exchange.partners import list_partners
from fanzha.command.exchange.schemas import (
    CollectionIn,
    CollectionOut,
    CollectionReaderIn,
    CollectionReaderOut,
    FeedChangeIn,
    FeedIn,
    FeedSummaryOut,
    PartnerOut,
    SubscribedFeedOut,
    own_access,
)
from fanzha.command.exchange.selectors import MANAGERS, WATCHERS, list_collections, list_feeds, summarize_feed
from fanzha.command.exchange.services import end_grant, grant_reader, make_collection, retire_collection
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import partner_organizations
from fanzha.command.web.api import for_roles
from fanzha.processes.refusal import Reason, Refusal

ROUTER = Router(tags=["exchange"])


@ROUTER.get("/collections", response=list[CollectionOut], operation_id="fanzha_command_exchange_api_list_collections")
@for_roles(*WATCHERS)
def list_all_collections(request: ApiRequest) -> list[CollectionOut]:
    """List the collections that the organisation owns or may read, the newest first."""
    return [CollectionOut.of(access) for access in list_collections(request.viewer)]


@ROUTER.post("/collections", response={201: CollectionOut}, operation_id="fanzha_command_exchange_api_make_collection")
@for_roles(*MANAGERS)
def make_own_collection(request: ApiRequest, body: CollectionIn) -> Status[CollectionOut]:
    """Make a collection; what the organisation states already is brought in within a minute."""
    return Status(201, CollectionOut.of(own_access(make_collection(body.to_draft(), request.viewer))))


@ROUTER.delete("/collections/{ref}", response={204: None}, operation_id="fanzha_command_exchange_api_retire_collection")
@for_roles(*MANAGERS)
def retire_own_collection(request: ApiRequest, ref: str) -> Status[None]:
    """End a collection: it can no longer be read."""
    retire_collection(_own(request, ref), request.viewer)
    return Status(204, None)


@ROUTER.get(
    "/collections/{ref}/readers",
    response=list[CollectionReaderOut],
    operation_id="fanzha_command_exchange_api_list_readers",
)
@for_roles(*WATCHERS)
def list_readers(request: ApiRequest, ref: str) -> list[CollectionReaderOut]:
    """List who reads a collection of the organisation."""
    rows = CollectionReader.objects.filter(collection=_own(request, ref), ended_at=None).select_related("reader")
    return [CollectionReaderOut.of(row) for row in rows]


@ROUTER.post(
    "/collections/{ref}/readers",
    response={201: CollectionReaderOut},
    operation_id="fanzha_command_exchange_api_grant_reader",
)
@for_roles(*MANAGERS)
def grant_new_reader(request: ApiRequest, ref: str, body: CollectionReaderIn) -> Status[CollectionReaderOut]:
    """Let an organisation read a collection for a purpose."""
    collection = _own(request, ref)
    reader = partner_organizations().filter(ref=body.organization).first()
    if reader is None:
        words = Words("没有此单位", "there is no such organisation")
        raise Refusal(Reason.EVIDENCE, words, fields={"organization": words})
    row = grant_reader(collection, reader, body.purpose, request.viewer, country=body.country, may_add=body.may_add)
    return Status(201, CollectionReaderOut.of(row))


@ROUTER.delete(
    "/collections/{ref}/readers/{number}",
    response={204: None},
    operation_id="fanzha_command_exchange_api_end_reader",
)
@for_roles(*MANAGERS)
def end_reader(request: ApiRequest, ref: str, number: int) -> Status[None]:
    """Let an organisation read a collection no longer."""
    rows = CollectionReader.objects.filter(collection=_own(request, ref)).select_related("collection", "reader")
    end_grant(get_object_or_404(rows, pk=number), request.viewer)
    return Status(204, None)


@ROUTER.get("/feeds", response=list[SubscribedFeedOut], operation_id="fanzha_command_exchange_api_list_feeds")
@for_roles(*WATCHERS)
def list_own_feeds(request: ApiRequest) -> list[SubscribedFeedOut]:
    """List the feeds that the organisation subscribed to."""
    return [SubscribedFeedOut.of(row) for row in list_feeds()]


@ROUTER.post("/feeds", response={201: SubscribedFeedOut}, operation_id="fanzha_command_exchange_api_subscribe_feed")
@for_roles(*MANAGERS)
def subscribe_to_feed(request: ApiRequest, body: FeedIn) -> Status[SubscribedFeedOut]:
    """Subscribe to a feed of another organisation."""
    source = partner_organizations().filter(ref=body.source).first()
    if source is None:
        words = Words("没有此单位", "there is no such organisation")
        raise Refusal(Reason.EVIDENCE, words, fields={"source": words})
    return Status(201, SubscribedFeedOut.of(subscribe_feed(source, body.to_terms(), request.viewer)))


@ROUTER.get("/feeds/{ref}", response=FeedSummaryOut, operation_id="fanzha_command_exchange_api_read_feed")
@for_roles(*WATCHERS)
def read_feed(request: ApiRequest, ref: str) -> FeedSummaryOut:
    """Return how a feed does: last contact, silence, what was used and refused by reason, and its precision."""
    return FeedSummaryOut.of(summarize_feed(get_object_or_404(list_feeds(), ref=ref), timezone.now()))


@ROUTER.patch("/feeds/{ref}", response={204: None}, operation_id="fanzha_command_exchange_api_change_feed")
@for_roles(*MANAGERS)
def change_own_feed(request: ApiRequest, ref: str, body: FeedChangeIn) -> Status[None]:
    """Change the trust in a feed, or pause it."""
    change_feed(_own_feed(ref), body.trust, is_active=body.is_active, viewer=request.viewer)
    return Status(204, None)


@ROUTER.delete("/feeds/{ref}", response={204: None}, operation_id="fanzha_command_exchange_api_end_feed")
@for_roles(*MANAGERS)
def end_own_feed(request: ApiRequest, ref: str) -> Status[None]:
    """End a feed: all that it stated is withdrawn."""
    end_feed(_own_feed(ref), request.viewer)
    return Status(204, None)


@ROUTER.get("/partners", response=list[PartnerOut], operation_id="fanzha_command_exchange_api_list_partners")
@for_roles(*WATCHERS)
def list_own_partners(request: ApiRequest) -> list[PartnerOut]:
    """List the objects given to each partner, its statements, and the share of them that was confirmed."""
    return [PartnerOut.of(row) for row in list_partners(request.viewer, timezone.now())]


def _own_feed(ref: str) -> Feed:
    return get_object_or_404(Feed.objects.select_related("source", "owner"), ref=ref)


def _own(request: ApiRequest, ref: str) -> Collection:
    return get_object_or_404(Collection.objects.filter(owner=request.viewer.organization), ref=ref)
