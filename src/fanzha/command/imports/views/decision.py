"""Approve or withdraw an import as the second person."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.command.imports.models import ImportJob
from fanzha.command.imports.services import approve, withdraw
from fanzha.command.organizations.models import Person
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal


@signed_in(Role.REVIEWER)
@require_POST
def approve_import(request: SignedInRequest, ref: str) -> HttpResponse:
    """Approve an import."""
    job = _job(ref)
    try:
        approve(job, _person(request))
        messages.success(request, _("It counts from now on."))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("import", ref)


@signed_in(Role.REVIEWER, Role.ADMINISTRATOR)
@require_POST
def withdraw_import(request: SignedInRequest, ref: str) -> HttpResponse:
    """Withdraw an import."""
    job = _job(ref)
    try:
        withdraw(job, _person(request))
        messages.success(request, _("It was taken back and counts no longer."))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("import", ref)


def _job(ref: str) -> ImportJob:
    return get_object_or_404(ImportJob.objects.select_related("owner"), ref=ref)


def _person(request: SignedInRequest) -> Person:
    return Person.objects.get(pk=request.viewer.person or 0)
