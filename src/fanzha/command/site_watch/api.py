"""API routes of the watch of new sites: candidates, decisions on them, and the state of the logs."""

from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Status

from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.site_watch.models import CandidateSite
from fanzha.command.site_watch.schemas import CandidateSiteOut, DismissalIn, HandedOnOut, LogStatusOut, StateName
from fanzha.command.site_watch.selectors import DECIDERS, KINDS, READERS, add_sightings, find_candidates, read_watch
from fanzha.command.site_watch.services import dismiss_candidate, hand_on_candidate
from fanzha.command.web.api import Page, Paging, for_roles, paginate

ROUTER = Router(tags=["site_watch"])
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get(
    "/candidates", response=Page[CandidateSiteOut], operation_id="fanzha_command_site_watch_api_list_candidates"
)
@for_roles(*READERS, kinds=KINDS)
def list_candidates(
    request: ApiRequest, paging: PagingQuery, state: StateName = "open", mentions: bool = False
) -> dict[str, object]:
    """List candidates of look-alike sites, the latest first; with `mentions` the names that only mention a brand."""
    page = paginate(find_candidates(state, mentions=mentions), paging)
    return page | {"items": [CandidateSiteOut.of(sighting) for sighting in add_sightings(page["items"])]}


@ROUTER.post(
    "/candidates/{ref}/dismissal",
    response={204: None},
    operation_id="fanzha_command_site_watch_api_dismiss_candidate",
)
@for_roles(*DECIDERS, kinds=KINDS)
def dismiss_open_candidate(request: ApiRequest, ref: str, body: DismissalIn) -> Status[None]:
    """Dismiss a candidate as innocent, with the reason."""
    dismiss_candidate(_get_candidate(ref), request.viewer, body.reason)
    return Status(204, None)


@ROUTER.post(
    "/candidates/{ref}/process",
    response={201: HandedOnOut},
    operation_id="fanzha_command_site_watch_api_hand_on_candidate",
)
@for_roles(*DECIDERS, kinds=KINDS)
def hand_on_open_candidate(request: ApiRequest, ref: str) -> Status[HandedOnOut]:
    """Open the process of a phishing site for a candidate."""
    return Status(201, HandedOnOut(process=hand_on_candidate(_get_candidate(ref), request.viewer)))


@ROUTER.get("/logs", response=list[LogStatusOut], operation_id="fanzha_command_site_watch_api_list_logs")
@for_roles(*READERS, kinds=KINDS)
def list_logs(request: ApiRequest) -> list[LogStatusOut]:
    """List the certificate logs, how far each was read, and what was not seen."""
    return [LogStatusOut.of(status) for status in read_watch(timezone.now()).logs]


def _get_candidate(ref: str) -> CandidateSite:
    return get_object_or_404(CandidateSite.objects.select_related("owner"), ref=ref)
