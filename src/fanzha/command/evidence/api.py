"""Routes of the log: read it, have it checked, fetch anchors to keep elsewhere, have packs made."""

from datetime import UTC, datetime
from typing import Annotated

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from fanzha.base.errors import NothingUsable
from fanzha.command.api import ApiRequest, Page, Paging, Problem, page_of
from fanzha.command.evidence.jobs import check_log
from fanzha.command.evidence.log_state import log_state
from fanzha.command.evidence.models import LogAnchor, LogEntry
from fanzha.command.evidence.narrowing import Narrowed, narrow
from fanzha.command.evidence.packing import Asked, make_pack
from fanzha.command.evidence.readers import READERS, SHOWN_PERSONAL
from fanzha.command.evidence.shapes import AnchorOut, EntryOut, PackIn, StateOut
from fanzha.command.evidence.views.packs import zip_answer
from fanzha.command.flows.parties import actor_of
from fanzha.command.organizations.kinds import Role

ROUTER = Router(tags=["evidence log"])

PagingQuery = Annotated[Paging, Query()]


@ROUTER.get("/state", response=StateOut)
def read_state(request: ApiRequest) -> StateOut:
    """Return how the log stands: the last check, anchors and their copies, what is wrong."""
    _only(request, *READERS)
    return StateOut.of(log_state())


@ROUTER.get("/entries", response=Page[EntryOut])
def list_entries(
    request: ApiRequest,
    paging: PagingQuery,
    case: str = "",
    person: str = "",
    kind: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[str, object]:
    """List entries that the caller may read, the latest first. Moments without a zone are UTC."""
    _only(request, *READERS)
    rows = narrow(LogEntry.objects.all(), Narrowed(case, person, kind, _aware(since), _aware(until)))
    page = page_of(rows, paging)
    return page | {"items": [EntryOut.of(one) for one in page["items"]]}


@ROUTER.get("/entries/{int:place}", response=EntryOut)
def read_entry(request: ApiRequest, place: int) -> EntryOut:
    """Return one entry."""
    _only(request, *READERS)
    return EntryOut.of(get_object_or_404(LogEntry.objects, pk=place))


@ROUTER.get("/anchors", response=Page[AnchorOut])
def list_anchors(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List anchors, the latest first: whoever keeps their lines finds a log that was written anew."""
    _only(request, *READERS)
    return page_of(LogAnchor.objects.all(), paging)


@ROUTER.post("/checks", response={202: None})
def check(request: ApiRequest) -> Status[None]:
    """Have the whole log read; `state` tells what came of it."""
    _only(request, *READERS)
    if not log_state().is_being_read:
        check_log.enqueue()
    return Status(202, None)


@ROUTER.post("/packs", openapi_extra={"responses": {200: {"content": {"application/zip": {}}, "description": "zip"}}})
def make(request: ApiRequest, body: PackIn) -> HttpResponse:
    """Return an evidence pack of a case as a zip."""
    _only(request, *READERS)
    if body.personal:
        _only(request, *SHOWN_PERSONAL)
    actor = actor_of(request.viewer)
    try:
        made = make_pack(Asked(body.ref, body.purpose, actor.person, actor.organization, body.personal), request.viewer)
    except NothingUsable:
        raise Problem("not_found") from None
    return zip_answer(body.ref, made)


def _only(request: ApiRequest, *roles: Role) -> None:
    if not request.viewer.has(*roles):
        raise Problem("forbidden")


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
