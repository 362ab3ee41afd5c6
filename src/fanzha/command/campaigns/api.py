"""API routes of the queue and of campaigns; they use the same services as the pages."""

from typing import TYPE_CHECKING, Annotated

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from fanzha.command.campaigns.forms import possible_assignees
from fanzha.command.campaigns.models import Campaign, CampaignAction
from fanzha.command.campaigns.moves import merge_selected, transfer_subjects
from fanzha.command.campaigns.queue import WAITING, QueueFilter, queue_page
from fanzha.command.campaigns.schemas import (
    BulkTransitionIn,
    CampaignActionOut,
    CampaignOut,
    CampaignSubjectOut,
    MergeIn,
    MoveIn,
    TransitionIn,
    TransitionResultOut,
)
from fanzha.command.campaigns.selectors import select_campaign_subjects
from fanzha.command.campaigns.services import apply_transition
from fanzha.command.campaigns.undo import undo_transition
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.web.api import Page, Paging, Problem, check_revision, for_roles, paginate, read_page, set_revision
from fanzha.command.web.roles import DECIDERS

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Person


ROUTER = Router(tags=["campaigns"])
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get("", response=Page[CampaignOut], operation_id="fanzha_command_campaigns_api_list_queue")
def list_queue(
    request: ApiRequest,
    paging: PagingQuery,
    show: str = WAITING,
    fraud_type: str = "",
    simulated: bool | None = None,
    owner: str = "",
) -> dict[str, object]:
    """List campaigns, the hottest first; `show` is waiting, mine, new, late, confirmed, snoozed, ordered, set_aside."""
    queue_filter = QueueFilter(show, fraud_type, simulated, owner)
    page = read_page(lambda: queue_page(queue_filter, request.viewer, paging.cursor, paging.limit))
    return {
        "items": [CampaignOut.of(campaign, request.viewer.organization) for campaign in page.rows],
        "next": page.next,
    }


@ROUTER.post("/actions", response=TransitionResultOut, operation_id="fanzha_command_campaigns_api_do_with_many")
@for_roles(*DECIDERS)
def apply_to_many(request: ApiRequest, body: BulkTransitionIn) -> TransitionResultOut:
    """Apply a transition to several campaigns; refused campaigns are reported and stay unchanged."""
    transition = body.to_transition(_get_assignee(request, body.to))
    return TransitionResultOut.of(apply_transition(dict.fromkeys(body.campaigns), transition, request.viewer))


@ROUTER.post(
    "/actions/{together}/undo", response=TransitionResultOut, operation_id="fanzha_command_campaigns_api_undo_action"
)
@for_roles(*DECIDERS)
def undo_action(request: ApiRequest, together: str) -> TransitionResultOut:
    """Undo one request for campaigns that have not changed since."""
    return TransitionResultOut.of(undo_transition(together, request.viewer))


@ROUTER.get("/{ref}", response=CampaignOut, operation_id="fanzha_command_campaigns_api_read_campaign")
def read_campaign(request: ApiRequest, ref: str) -> CampaignOut:
    """Return a campaign."""
    row = _campaign(ref)
    set_revision(request, row.revision)
    return CampaignOut.of(row, request.viewer.organization)


@ROUTER.get(
    "/{ref}/subjects",
    response=Page[CampaignSubjectOut],
    operation_id="fanzha_command_campaigns_api_list_campaign_subjects",
)
def list_campaign_subjects(request: ApiRequest, ref: str, paging: PagingQuery) -> dict[str, object]:
    """List the suspects of a campaign, the strongest first; people to be warned are counted, not listed."""
    row = _campaign(ref)
    page = read_page(lambda: select_campaign_subjects(row, request.viewer, paging.cursor, paging.limit))
    return {"items": [CampaignSubjectOut.of(subject) for subject in page.campaign_subjects], "next": page.next}


@ROUTER.get(
    "/{ref}/actions", response=Page[CampaignActionOut], operation_id="fanzha_command_campaigns_api_list_actions"
)
def list_actions(request: ApiRequest, ref: str, paging: PagingQuery) -> dict[str, object]:
    """List the actions on a campaign of the caller's organisation, the latest first."""
    own_actions = CampaignAction.objects.filter(campaign=_campaign(ref), campaign__owner=request.viewer.organization)
    page = paginate(own_actions.select_related("person"), paging)
    return page | {"items": [CampaignActionOut.of(action) for action in page["items"]]}


@ROUTER.post("/{ref}/actions", response=CampaignOut, operation_id="fanzha_command_campaigns_api_do_with_one")
@for_roles(*DECIDERS)
def apply_to_one(request: ApiRequest, ref: str, body: TransitionIn) -> CampaignOut:
    """Apply a transition to a campaign; with `If-Match`, only if its revision is unchanged."""
    revision = check_revision(request, _campaign(ref).revision)
    apply_transition({ref: revision}, body.to_transition(_get_assignee(request, body.to)), request.viewer)
    return read_campaign(request, ref)


@ROUTER.post("/{ref}/move", response={201: CampaignOut}, operation_id="fanzha_command_campaigns_api_move_subjects")
@for_roles(*DECIDERS)
def move_subjects(request: ApiRequest, ref: str, body: MoveIn) -> Status[CampaignOut]:
    """Move subjects to another or a new campaign and return it. Ties do not move them any more."""
    revision = check_revision(request, _campaign(ref).revision)
    destination = transfer_subjects(ref, body.subjects, request.viewer, target=body.target, revision=revision)
    return Status(201, CampaignOut.of(_campaign(destination.ref), request.viewer.organization))


@ROUTER.post("/{ref}/merge", response=CampaignOut, operation_id="fanzha_command_campaigns_api_merge_campaigns")
@for_roles(*DECIDERS)
def merge_campaigns(request: ApiRequest, ref: str, body: MergeIn) -> CampaignOut:
    """Merge other campaigns into this one."""
    merge_selected(ref, body.campaigns, request.viewer)
    return read_campaign(request, ref)


def _campaign(ref: str) -> Campaign:
    return get_object_or_404(Campaign.objects.select_related("owner", "assignee"), ref=ref)


def _get_assignee(request: ApiRequest, ref: str) -> "Person | None":
    """Return the assignee. Raise Problem if the person cannot be assigned."""
    if not ref:
        return None
    person: Person | None = possible_assignees(request.viewer).filter(ref=ref).first()
    if person is None:
        wrong = {"pointer": "/to", "detail": _("is not somebody in your organisation who decides on campaigns")}
        raise Problem("invalid", _("Some values are not valid."), errors=[wrong])
    return person
