"""Pages for supervisors to register, change and suspend organisations."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from fanzha.base.whole_numbers import whole_number
from fanzha.command.organizations.actor import AdministrationRefused, AuditActor
from fanzha.command.organizations.forms import InviteForm, NewOrganizationForm, OrganizationForm
from fanzha.command.organizations.invitations import invite
from fanzha.command.organizations.models import Membership, Organization
from fanzha.command.organizations.reauthentication import require_recent_confirmation
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.organizations.services import change_organization, register_organization
from fanzha.command.organizations.views.people import show_link
from fanzha.command.web.access import signed_in
from fanzha.command.web.roles import KIND_TITLES, SUPERVISORS, Role

PAGE = 50
_LAST_PAGE = 10_000


@signed_in(Role.ADMINISTRATOR, kinds=SUPERVISORS)
def organizations(request: SignedInRequest) -> HttpResponse:
    """List the supervised organisations, filtered by `kind`, `search` and `page`."""
    rows = request.organization.supervises.order_by("is_active", "kind", "province", "name_en", "pk")
    kind, search = request.GET.get("kind", ""), request.GET.get("search", "").strip()
    rows = rows.filter(kind=kind) if kind in KIND_TITLES else rows
    if search:
        rows = rows.filter(Q(name_zh__icontains=search) | Q(name_en__icontains=search) | Q(uscc=search))
    page = min(whole_number(request.GET.get("page", "1")) or 1, _LAST_PAGE)
    selected = list(rows[(page - 1) * PAGE : page * PAGE + 1])
    context = {"rows": selected[:PAGE], "kinds": KIND_TITLES.items(), "kind": kind, "search": search, "page": page}
    return render(request, "organizations/organizations.html", context | {"more": len(selected) > PAGE})


@signed_in(Role.ADMINISTRATOR, kinds=SUPERVISORS)
@require_recent_confirmation
def new_organization(request: SignedInRequest) -> HttpResponse:
    """Register an organisation, and invite its administrator."""
    form = NewOrganizationForm(request.POST or None, initial={"is_active": True})
    if request.method == "POST" and form.is_valid():
        context = dict(form.cleaned_data)
        email, name = context.pop("email"), context.pop("name")
        try:
            invitation, token = register_organization(AuditActor.of(request), email, name, **context)
        except AdministrationRefused as refused:
            form.add_error(None, str(refused))
        else:
            return show_link(request, invitation, token)
    return render(request, "organizations/organization_form.html", {"form": form})


@signed_in(Role.ADMINISTRATOR, kinds=SUPERVISORS)
@require_recent_confirmation
def organization(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one organisation, and change it."""
    selected = get_object_or_404(request.organization.supervises, ref=ref)
    form = OrganizationForm(request.POST or None, instance=selected)
    if request.method == "POST" and form.is_valid():
        try:
            change_organization(AuditActor.of(request), get_object_or_404(Organization, ref=ref), **form.cleaned_data)
        except AdministrationRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Kept."))
            return redirect("organization", ref)
    administrators = Membership.objects.in_force().filter(organization=selected, role=Role.ADMINISTRATOR)
    context = {"form": form, "found": selected, "administrators": list(administrators.select_related("person"))}
    return render(request, "organizations/organization_form.html", context)


@signed_in(Role.ADMINISTRATOR, kinds=SUPERVISORS)
@require_recent_confirmation
def invite_administrator(request: SignedInRequest, ref: str) -> HttpResponse:
    """Invite the first administrator of an organisation."""
    selected = get_object_or_404(request.organization.supervises, ref=ref)
    form = InviteForm(selected, request.POST or None)
    del form.fields["roles"]
    if request.method == "POST" and form.is_valid():
        context = form.cleaned_data
        try:
            invitation, token = invite(
                AuditActor.of(request), selected, context["email"], context["name"], [Role.ADMINISTRATOR]
            )
        except AdministrationRefused as refused:
            form.add_error(None, str(refused))
        else:
            return show_link(request, invitation, token)
    return render(request, "organizations/invite.html", {"form": form, "found": selected})
