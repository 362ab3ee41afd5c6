"""API routes of approvals for other countries, and of what left under each."""

from typing import TYPE_CHECKING, Annotated

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, Form, Query, Router, Status, UploadedFile

from fanzha.base.words import Words
from fanzha.command.foreign_sharing.models import ForeignApproval
from fanzha.command.foreign_sharing.schemas import (
    ForeignApprovalIn,
    ForeignApprovalOut,
    ForeignDecisionIn,
    ForeignExitObjectOut,
    ForeignExitOut,
    ForeignWithdrawalIn,
    PartnerKeyOut,
)
from fanzha.command.foreign_sharing.selectors import (
    CONFIRMERS,
    ENTERERS,
    READERS,
    WITHDRAWERS,
    find_approvals,
    find_exits,
    list_exit_objects,
)
from fanzha.command.foreign_sharing.services import (
    ApprovalTerms,
    confirm_approval,
    enter_approval,
    make_reading_key,
    refuse_approval,
    withdraw_approval,
)
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import get_person, get_responsible_person, partner_organizations
from fanzha.command.processes.services import EvidenceFileField
from fanzha.command.web.api import Page, Paging, for_roles, not_repeatable, paginate
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Person

ROUTER = Router(tags=["foreign_sharing"])
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get(
    "/approvals", response=Page[ForeignApprovalOut], operation_id="fanzha_command_foreign_sharing_api_list_approvals"
)
@for_roles(*READERS)
def list_approvals(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the approvals of the organisation, the latest first."""
    page, now = paginate(find_approvals(), paging), timezone.now()
    return page | {"items": [ForeignApprovalOut.of(row, now) for row in page["items"]]}


@ROUTER.post(
    "/approvals",
    response={201: ForeignApprovalOut},
    operation_id="fanzha_command_foreign_sharing_api_enter_approval",
)
@for_roles(*ENTERERS)
def enter_new_approval(
    request: ApiRequest, body: Form[ForeignApprovalIn], document: File[UploadedFile]
) -> Status[ForeignApprovalOut]:
    """Enter an approval with its document; nothing leaves until another person confirms it."""
    partner = partner_organizations().filter(ref=body.partner).exclude(country="").first()
    if partner is None:
        words = Words("没有此境外单位", "there is no such partner abroad")
        raise Refusal(Reason.EVIDENCE, words, fields={"partner": words})
    _check_document(document)
    terms = ApprovalTerms(
        **body.dict(exclude={"partner"}),
        partner=partner,
        document=document.read(),
        document_name=document.name or "",
    )
    row = enter_approval(request.organization, terms, _get_person(request))
    return Status(201, ForeignApprovalOut.of(row, timezone.now()))


@ROUTER.get(
    "/approvals/{ref}", response=ForeignApprovalOut, operation_id="fanzha_command_foreign_sharing_api_read_approval"
)
@for_roles(*READERS)
def read_approval(request: ApiRequest, ref: str) -> ForeignApprovalOut:
    """Return one approval."""
    return ForeignApprovalOut.of(_find(ref), timezone.now())


@ROUTER.post(
    "/approvals/{ref}/decision",
    response={204: None},
    operation_id="fanzha_command_foreign_sharing_api_decide_approval",
)
@for_roles(*CONFIRMERS)
def decide_on_approval(request: ApiRequest, ref: str, body: ForeignDecisionIn) -> Status[None]:
    """Confirm or refuse an approval that another person entered."""
    if body.is_confirmed:
        confirm_approval(_find(ref), _get_person(request))
    else:
        refuse_approval(_find(ref), _get_person(request), body.reason)
    return Status(204, None)


@ROUTER.post(
    "/approvals/{ref}/withdraw",
    response={204: None},
    operation_id="fanzha_command_foreign_sharing_api_withdraw_approval",
)
@for_roles(*WITHDRAWERS)
def withdraw_own_approval(request: ApiRequest, ref: str, body: ForeignWithdrawalIn) -> Status[None]:
    """Withdraw an approval: from this moment nothing more leaves under it."""
    withdraw_approval(_find(ref), get_responsible_person(request.viewer), body.reason)
    return Status(204, None)


@ROUTER.post(
    "/approvals/{ref}/keys", response={201: PartnerKeyOut}, operation_id="fanzha_command_foreign_sharing_api_make_key"
)
@for_roles(*ENTERERS)
@not_repeatable
def make_partner_reading_key(request: ApiRequest, ref: str) -> Status[PartnerKeyOut]:
    """Make a key with which the partner reads until the approval ends."""
    return Status(201, PartnerKeyOut(secret=make_reading_key(_find(ref), _get_person(request))))


@ROUTER.get(
    "/approvals/{ref}/exits",
    response=Page[ForeignExitOut],
    operation_id="fanzha_command_foreign_sharing_api_list_exits",
)
@for_roles(*READERS)
def list_exits(request: ApiRequest, ref: str, paging: PagingQuery) -> dict[str, object]:
    """List what left under an approval, the latest first."""
    page = paginate(find_exits(_find(ref)), paging)
    return page | {"items": [ForeignExitOut.of(row) for row in page["items"]]}


@ROUTER.get(
    "/approvals/{ref}/exits/{exit_ref}",
    response=list[ForeignExitObjectOut],
    operation_id="fanzha_command_foreign_sharing_api_read_exit",
)
@for_roles(*READERS)
def read_exit(request: ApiRequest, ref: str, exit_ref: str) -> list[dict[str, object]]:
    """List the objects of one exit as they left."""
    row = get_object_or_404(find_exits(_find(ref)).defer(None), ref=exit_ref)
    return [found._asdict() for found in list_exit_objects(row)]


def _check_document(document: UploadedFile) -> None:
    try:
        EvidenceFileField().run_validators(document)
    except ValidationError as error:
        text = "; ".join(error.messages)
        words = Words(text, text)
        raise Refusal(Reason.EVIDENCE, words, fields={"document": words}) from None


def _find(ref: str) -> ForeignApproval:
    return get_object_or_404(find_approvals(), ref=ref)


def _get_person(request: ApiRequest) -> "Person":
    """Return the signed-in person. Raise Refusal for a key: two people must enter and confirm."""
    if request.viewer.person is None:
        raise Refusal(Reason.ROLE, Words("须由人员本人办理，密钥不能代办", "a person does this, no key"))
    return get_person(request.viewer)
