"""API routes of bulletins. The steps of a bulletin are those of its process; the published ones need no key."""

from typing import Annotated

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Status

from fanzha.command.bulletins.models import Bulletin
from fanzha.command.bulletins.publications import load_bulletin_facts, viewer_figures
from fanzha.command.bulletins.schemas import BulletinCaseOut, BulletinOut, BulletinRefOut, MonthIn, SectionWordingIn
from fanzha.command.bulletins.selectors import (
    EDITORS,
    OWNER_KINDS,
    find_bulletins,
    find_cases,
    reads_all,
)
from fanzha.command.bulletins.services import draft_bulletin, save_text
from fanzha.command.bulletins.stated_figures import MEASURES
from fanzha.command.bulletins.text_template import LANGUAGES, UnusableText, text_sections
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import as_person, get_actor, get_actor_ref
from fanzha.command.processes.selectors import find_instances, to_actor
from fanzha.command.statistics.selectors import parse_month
from fanzha.command.web.api import Page, Paging, Problem, for_roles, paginate
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role

ROUTER = Router(tags=["bulletins"])
PagingQuery = Annotated[Paging, Query()]
#: Who reads bulletins: of the owner, of who supervises it, and of the companies to which one was sent.
READERS = (Role.ANALYST, Role.EXECUTOR, Role.REVIEWER, Role.DUTY_OFFICER, Role.INSPECTOR, Role.LIAISON)


@ROUTER.get("/", response=Page[BulletinRefOut], operation_id="fanzha_command_bulletins_api_list_bulletins")
@for_roles(*READERS)
def list_bulletins(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the bulletins that the caller may read."""
    page = paginate(find_bulletins().order_by("-pk"), paging)
    return page | {"items": [BulletinRefOut.of(bulletin) for bulletin in page["items"]]}


@ROUTER.post("/", response={201: BulletinRefOut}, operation_id="fanzha_command_bulletins_api_draft_bulletin")
@for_roles(Role.ANALYST, kinds=OWNER_KINDS)
def draft(request: ApiRequest, body: MonthIn) -> Status[BulletinRefOut]:
    """Draft the bulletin of a month that is over."""
    try:
        month = parse_month(body.month)
    except ValueError as error:
        raise Problem("invalid", str(error)) from None
    instance = draft_bulletin(request.organization, month, to_actor(request.viewer), timezone.now())
    return Status(201, BulletinRefOut.of(_find(instance.ref)))


@ROUTER.get("/{ref}", response=BulletinOut, operation_id="fanzha_command_bulletins_api_read_bulletin")
@for_roles(*READERS)
def read_bulletin(request: ApiRequest, ref: str) -> BulletinOut:
    """Return a bulletin with its figures; a company gets its own."""
    bulletin = _find(ref)
    state = get_object_or_404(find_instances(), ref=ref).state
    company = None if reads_all(request.viewer, bulletin) else request.viewer.organization
    return BulletinOut.of(bulletin, state, viewer_figures(load_bulletin_facts(bulletin), company))


@ROUTER.put(
    "/{ref}/texts/{section}/{language}",
    response={204: None},
    operation_id="fanzha_command_bulletins_api_save_wording",
)
@for_roles(*EDITORS, kinds=OWNER_KINDS)
def save_wording(request: ApiRequest, ref: str, section: str, language: str, body: SectionWordingIn) -> Status[None]:
    """Store a new wording of a section in one language (zh or en); the earlier ones stay as its history."""
    bulletin = get_object_or_404(find_bulletins().filter(owner=request.viewer.organization), ref=ref)
    if section not in text_sections() or language not in LANGUAGES:
        raise Http404
    author = as_person(get_actor(request.viewer))
    actor = get_actor_ref(request.viewer, request.organization.ref)
    try:
        save_text(bulletin, section, language, body.body, author, actor, timezone.now())
    except UnusableText as unusable:
        raise Problem("invalid", localize(unusable.words)) from None
    return Status(204, None)


@ROUTER.get(
    "/{ref}/cases/{measure}",
    response=Page[BulletinCaseOut],
    operation_id="fanzha_command_bulletins_api_list_bulletin_cases",
)
@for_roles(*READERS)
def list_bulletin_cases(
    request: ApiRequest, ref: str, measure: str, paging: PagingQuery, company: str = "", part: bool = False
) -> dict[str, object]:
    """List the rows behind a figure: those of its denominator, or with `part` those of its numerator."""
    bulletin = _find(ref)
    if measure not in MEASURES:
        raise Http404
    page = paginate(find_cases(bulletin, measure, company=company, only_part=part), paging)
    return page | {"items": [BulletinCaseOut.of(case) for case in page["items"]]}


def _find(ref: str) -> Bulletin:
    return get_object_or_404(find_bulletins(), ref=ref)
