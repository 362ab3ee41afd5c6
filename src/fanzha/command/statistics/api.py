"""API routes of figures, numbers from outside and statutory forms; they use the same services as the pages."""

import base64
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Status

from fanzha.base.errors import Malformed
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import as_person, get_actor, responsible_person
from fanzha.command.processes.selectors import find_instances
from fanzha.command.statistics.definitions import load_figures
from fanzha.command.statistics.form_sheets import compare_sheet
from fanzha.command.statistics.form_values import PROCESS, Changer, change_value, form_of, read_form
from fanzha.command.statistics.outside_values import OutsideEntry, enter_value
from fanzha.command.statistics.periods import Period, last_month, parse_period
from fanzha.command.statistics.publications import (
    PROPOSERS,
    PUBLISHERS,
    decide_or_withdraw,
    find_publications,
    propose_publication,
)
from fanzha.command.statistics.schemas import (
    FormFieldOut,
    FormValueIn,
    KeyFigureOut,
    OutsideValueIn,
    PublicationDecisionIn,
    PublicationIn,
    PublicationOut,
    SheetIn,
    SheetOut,
    StatisticalFormOut,
    form_field_out,
)
from fanzha.command.statistics.selectors import ENTERERS, FILLERS, READERS, kpis, readable_organizations
from fanzha.command.web.api import Problem, for_roles
from fanzha.command.web.roles import Role

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Person
    from fanzha.command.processes.models import ProcessInstance

ROUTER = Router(tags=["statistics"])


@ROUTER.get("/figures", response=list[KeyFigureOut], operation_id="fanzha_command_statistics_api_list_figures")
@for_roles(*READERS)
def list_figures(request: ApiRequest, period: str = "", organization: str = "") -> list[KeyFigureOut]:
    """Return the key figures of a period (default: last month) of the caller's or a supervised organisation (ref)."""
    wanted = _parse(period) if period else last_month(timezone.now())
    ref = organization or request.organization.ref
    found = get_object_or_404(readable_organizations(request.viewer), ref=ref)
    return [KeyFigureOut.of(figure) for figure in kpis([found], wanted)]


@ROUTER.post("/numbers", response={204: None}, operation_id="fanzha_command_statistics_api_enter_number")
@for_roles(*ENTERERS)
def enter_number(request: ApiRequest, body: OutsideValueIn) -> Status[None]:
    """Enter a number from outside of the caller's organisation for a month, in place of an earlier one."""
    entry = OutsideEntry(body.name, body.month, body.value, body.source)
    person = as_person(responsible_person(get_actor(request.viewer)))
    enter_value(request.organization, entry, person, timezone.now())
    return Status(204, None)


@ROUTER.get("/forms/{ref}", response=StatisticalFormOut, operation_id="fanzha_command_statistics_api_read_form")
@for_roles(*READERS)
def read_statistical_form(request: ApiRequest, ref: str) -> StatisticalFormOut:
    """Return a statutory form with its values; its steps are those of its process."""
    instance = _find_form(ref)
    definition, period = form_of(instance)
    return StatisticalFormOut(
        ref=instance.ref,
        form=definition.name,
        version=definition.version,
        period=period.key,
        organization=instance.owner.ref,
        state=instance.state,
        fields=[form_field_out(row) for row in read_form(instance)],
    )


@ROUTER.put(
    "/forms/{ref}/values/{field}",
    response=FormFieldOut,
    operation_id="fanzha_command_statistics_api_change_value",
)
@for_roles(*FILLERS)
def change_form_value(request: ApiRequest, ref: str, field: str, body: FormValueIn) -> FormFieldOut:
    """Give a field of an own form a value with its reason; null takes the platform's value back."""
    instance = _find_form(ref)
    if instance.owner_id != request.viewer.organization:
        raise Http404
    changer = Changer.of(request.viewer, request.organization.ref)
    change_value(instance, field, body.value, body.reason, changer, timezone.now())
    return next(form_field_out(row) for row in read_form(instance) if row.field.name == field)


@ROUTER.post("/forms/{ref}/sheets", response=SheetOut, operation_id="fanzha_command_statistics_api_compare_sheet")
@for_roles(*FILLERS)
def compare_own_sheet(request: ApiRequest, ref: str, body: SheetIn) -> SheetOut:
    """Compare the firm's own spreadsheet (base64) with its form."""
    instance = _find_form(ref)
    if instance.owner_id != request.viewer.organization:
        raise Http404
    try:
        data = base64.b64decode(body.content, validate=True)
    except ValueError:
        raise Problem("invalid", _("The content is not in base64.")) from None
    changer = Changer.of(request.viewer, request.organization.ref)
    sheet = compare_sheet(instance, body.file_name, data, changer, timezone.now())
    return SheetOut(equal=sheet.equal, differences=sheet.differences, unknown=sheet.unknown)


@ROUTER.post(
    "/publications", response={201: PublicationOut}, operation_id="fanzha_command_statistics_api_propose_publication"
)
@for_roles(*PROPOSERS, kinds=PUBLISHERS)
def propose(request: ApiRequest, body: PublicationIn) -> Status[PublicationOut]:
    """Propose to publish a figure of a period that is over, with its pair."""
    if body.figure not in load_figures():
        raise Problem("invalid", _("There is no such figure."))
    period, person = _parse(body.period), _responsible(request)
    row = propose_publication(request.viewer, person, body.figure, period, body.reason, timezone.now())
    return Status(201, PublicationOut(ref=row.ref, figure=row.figure, period=row.period, state=row.state))


@ROUTER.post(
    "/publications/{ref}/decision",
    response=PublicationOut,
    operation_id="fanzha_command_statistics_api_decide_publication",
)
@for_roles(Role.REVIEWER, kinds=PUBLISHERS)
def decide(request: ApiRequest, ref: str, body: PublicationDecisionIn) -> PublicationOut:
    """Publish a proposed figure, refuse to, or take a published one off. Keys cannot decide."""
    row = get_object_or_404(find_publications().filter(owner=request.viewer.organization), ref=ref)
    person = as_person(get_actor(request.viewer))
    if person is None:
        raise Problem("forbidden", _("A person decides, not a key."))
    decide_or_withdraw(row, body.decision, person, timezone.now())
    row.refresh_from_db()
    return PublicationOut(ref=row.ref, figure=row.figure, period=row.period, state=row.state)


def _parse(period: str) -> Period:
    try:
        return parse_period(period)
    except Malformed:
        raise Problem("invalid", _("Write the period as 2026-10, 2026-Q4, 2026-W41 or 2026.")) from None


def _responsible(request: ApiRequest) -> "Person":
    """Return the person of the caller, or who created its key."""
    person = as_person(responsible_person(get_actor(request.viewer)))
    if person is None:
        raise Problem("forbidden", _("Nobody is responsible for this key."))
    return person


def _find_form(ref: str) -> "ProcessInstance":
    return get_object_or_404(find_instances().filter(process=PROCESS).select_related("owner", "version"), ref=ref)
