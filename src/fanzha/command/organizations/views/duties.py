"""Pages of the duty roster."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.command.organizations.actor import AdministrationRefused, AuditActor
from fanzha.command.organizations.forms import DutyForm
from fanzha.command.organizations.models import Duty
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.organizations.watches import clear_duty, set_duty
from fanzha.command.web.access import signed_in
from fanzha.command.web.roles import Role

PAGE = 100


@signed_in(Role.ADMINISTRATOR, Role.DUTY_OFFICER)
def duties(request: SignedInRequest) -> HttpResponse:
    """List the current and future watches, and add a watch."""
    organization = request.organization
    form = DutyForm(organization, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_duty(AuditActor.of(request), organization, **form.cleaned_data)
        except AdministrationRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The watch is on the roster."))
            return redirect("duties")
    rows = Duty.objects.filter(organization=organization, until__gt=timezone.now()).select_related("officer", "deputy")
    return render(
        request,
        "organizations/duties.html",
        {"form": form, "rows": list(rows[:PAGE]), "now": Duty.at(organization.pk, timezone.now())},
    )


@signed_in(Role.ADMINISTRATOR, Role.DUTY_OFFICER)
@require_POST
def end_duty(request: SignedInRequest, number: int) -> HttpResponse:
    """End a current watch, or remove a future one from the roster."""
    own = Duty.objects.filter(organization=request.organization).select_related("organization", "officer")
    clear_duty(AuditActor.of(request), get_object_or_404(own, pk=number))
    messages.success(request, _("The watch has ended."))
    return redirect("duties")
