"""API routes of notices and appeals: the same as the desk, by a program of a shop or hotline."""

from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from fanzha.command.notices.appeal_entry import Statement, file_appeal
from fanzha.command.notices.forms import DeliveryForm
from fanzha.command.notices.models import LimitNotice
from fanzha.command.notices.schemas import (
    AppealReceiptOut,
    DeliveryIn,
    FindIn,
    FindOut,
    HeardAppealOut,
    LimitAppealIn,
    LimitNoticeOut,
    NoticeCodeOut,
    NoticeFiguresOut,
    PrintIn,
)
from fanzha.command.notices.selectors import (
    HEARERS,
    READERS,
    SHOWS,
    TAKERS,
    find_handled_notices,
    find_heard_appeals,
    find_limit_notices,
    measure_notices,
)
from fanzha.command.notices.services import find_at_desk, hand_over, print_code
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.processes.selectors import to_actor
from fanzha.command.web.api import Page, Paging, Problem, for_roles, not_repeatable, paginate
from fanzha.command.web.i18n import localize
from fanzha.processes.refusal import Refusal

ROUTER = Router(tags=["notices"])
PagingQuery = Annotated[Paging, Query()]
_NAME = "fanzha_command_notices_api_"


@ROUTER.get("/", response=Page[LimitNoticeOut], operation_id=f"{_NAME}list_notices")
@for_roles(*READERS)
def list_notices(request: ApiRequest, paging: PagingQuery, show: str = "all") -> dict[str, object]:
    """List the notices of limits: all, those to deliver, those of limits carried out for others, or delivered ones."""
    page = paginate(find_limit_notices(show if show in SHOWS else "all").order_by("-pk"), paging)
    return page | {"items": [LimitNoticeOut.of(notice) for notice in page["items"]]}


@ROUTER.get("/figures", response=NoticeFiguresOut, operation_id=f"{_NAME}read_figures")
@for_roles(*HEARERS)
def read_figures(request: ApiRequest) -> NoticeFiguresOut:
    """Return the figures of the notices and appeals of a year."""
    return NoticeFiguresOut.of(measure_notices(request.viewer))


@ROUTER.get("/appeals", response=list[HeardAppealOut], operation_id=f"{_NAME}list_appeals")
@for_roles(*HEARERS)
def list_appeals(request: ApiRequest) -> list[HeardAppealOut]:
    """List the appeals that are being heard, of every kind of limit, the most urgent 200 first."""
    return [
        HeardAppealOut(
            ref=row.ref, process=row.process, state=row.state, owner=row.owner.ref, title=row.title, due_at=row.clock_at
        )
        for row in find_heard_appeals()[:200]
    ]


@ROUTER.post("/find", response=FindOut, operation_id=f"{_NAME}find_notices")
@for_roles(*TAKERS)
def find_notices(request: ApiRequest, body: FindIn) -> FindOut:
    """Find notices by code, or by number or account. A number is charged and logged with its purpose."""
    found = find_at_desk(request.viewer, body.query, body.purpose)
    return FindOut(notices=[LimitNoticeOut.of(notice) for notice in found])


@ROUTER.get("/{ref}", response=LimitNoticeOut, operation_id=f"{_NAME}read_notice")
@for_roles(*READERS)
def read_notice(request: ApiRequest, ref: str) -> LimitNoticeOut:
    """Return one notice."""
    return LimitNoticeOut.of(get_object_or_404(find_limit_notices(), ref=ref))


@ROUTER.post("/{ref}/deliveries", response=LimitNoticeOut, operation_id=f"{_NAME}record_delivery")
@for_roles(*TAKERS)
def record_delivery(request: ApiRequest, ref: str, body: DeliveryIn) -> LimitNoticeOut:
    """Record how a notice was delivered, and by what the identity was checked."""
    notice, form = _find(request, ref), DeliveryForm(body.dict())
    if not form.is_valid():
        raise Problem("invalid", " ".join(str(word) for words in form.errors.values() for word in words))
    hand_over(request.viewer, notice, form.to_attempt(), request.organization, timezone.now())
    return LimitNoticeOut.of(_find(request, ref))


@ROUTER.post("/{ref}/print", response=NoticeCodeOut, operation_id=f"{_NAME}print_notice")
@for_roles(*TAKERS)
@not_repeatable
def print_notice(request: ApiRequest, ref: str, body: PrintIn) -> NoticeCodeOut:
    """Return the code of a notice, to be printed and handed over; it is logged."""
    code, pin = print_code(request.viewer, _find(request, ref), replaces=body.replaces, now=timezone.now())
    return NoticeCodeOut(code=code, pin=pin)


@ROUTER.post("/{ref}/appeal", response={201: AppealReceiptOut}, operation_id=f"{_NAME}file_appeal")
@for_roles(*TAKERS)
def take_appeal(request: ApiRequest, ref: str, body: LimitAppealIn) -> Status[AppealReceiptOut]:
    """File an appeal for the holder of a limited thing; return its receipt code."""
    notice = _find(request, ref)
    try:
        statement = Statement(body.text, (), body.channel)
        receipt = file_appeal(notice, statement, timezone.now(), to_actor(request.viewer))
    except Refusal as refused:
        raise Problem("conflict", localize(refused.words) or _("This cannot be done now.")) from None
    if notice.is_open and body.channel != "letter":
        form = DeliveryForm({"result": body.channel, "checked": body.checked})
        if form.is_valid():
            hand_over(request.viewer, notice, form.to_attempt(), request.organization, timezone.now())
    return Status(201, AppealReceiptOut(receipt=receipt))


def _find(request: ApiRequest, ref: str) -> LimitNotice:
    return get_object_or_404(find_handled_notices(request.viewer), ref=ref)
