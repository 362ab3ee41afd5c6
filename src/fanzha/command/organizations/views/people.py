"""Pages of the people of the viewer's organisation, and of invitations."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from fanzha.command.organizations import administration
from fanzha.command.organizations.actor import AdministrationRefused, AuditActor
from fanzha.command.organizations.forms import InviteForm, PersonForm
from fanzha.command.organizations.invitations import invite, withdraw
from fanzha.command.organizations.links import deliver_or_return_url
from fanzha.command.organizations.models import Invitation, Membership, Organization, Person
from fanzha.command.organizations.presenters import people_of
from fanzha.command.organizations.reauthentication import require_recent_confirmation
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.web.access import signed_in
from fanzha.command.web.roles import Role

#: Actions on a person's page other than roles: the service function and the success message.
ACTS: dict[str, tuple[Callable[[AuditActor, Organization, Person], None], object]] = {
    "suspend": (administration.suspend, gettext_lazy("Suspended; signed out everywhere.")),
    "reset": (administration.reset_second_factor, gettext_lazy("The second factor is gone; a new one is set up.")),
    "end": (administration.end_sessions, gettext_lazy("Signed out everywhere.")),
}


@signed_in(Role.ADMINISTRATOR)
def people(request: SignedInRequest) -> HttpResponse:
    """List the people of the organisation and the open invitations."""
    organization = request.organization
    waiting = Invitation.still_open().filter(organization=organization)
    return render(request, "organizations/people.html", {"rows": people_of(organization), "waiting": list(waiting)})


@signed_in(Role.ADMINISTRATOR)
@require_recent_confirmation
def invite_person(request: SignedInRequest) -> HttpResponse:
    """Invite a person. The link is mailed, or shown once if mail is not configured."""
    organization = request.organization
    form = InviteForm(organization, request.POST or None)
    if request.method == "POST" and form.is_valid():
        context = form.cleaned_data
        try:
            invitation, token = invite(
                AuditActor.of(request),
                organization,
                context["email"],
                context["name"],
                context["roles"],
                context["unit"],
            )
        except AdministrationRefused as refused:
            form.add_error(None, str(refused))
        else:
            return show_link(request, invitation, token)
    return render(request, "organizations/invite.html", {"form": form})


def show_link(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """Confirm that the link was mailed, or show it once if mail is not configured."""
    try:
        context = {"invitation": invitation, "url": deliver_or_return_url(invitation, token, request)}
    except AdministrationRefused as refused:
        messages.error(request, str(refused))
        return redirect("people")
    return render(request, "organizations/invited.html", context)


@signed_in(Role.ADMINISTRATOR)
@require_POST
def withdraw_invitation(request: SignedInRequest, number: int) -> HttpResponse:
    """Withdraw an invitation."""
    own = Invitation.still_open().filter(organization=request.organization)
    withdraw(AuditActor.of(request), get_object_or_404(own, pk=number))
    messages.success(request, _("The invitation was withdrawn; its link is dead."))
    return redirect("people")


@signed_in(Role.ADMINISTRATOR)
def person(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one person and the available actions."""
    organization = request.organization
    selected = _member(organization, ref)
    row = next(one for one in people_of(organization) if one.person == selected)
    elsewhere = Membership.objects.of_others(organization).filter(person=selected).exists()
    return render(
        request,
        "organizations/person.html",
        {
            "row": row,
            "form": PersonForm(organization, initial={"roles": row.roles, "unit": row.unit}),
            "sessions": [] if elsewhere else UserSession.objects.filter(user=selected).order_by("-last_seen_at"),
            "is_elsewhere": elsewhere,
            "factors": Authenticator.objects.filter(user=selected).exclude(type=Authenticator.Type.RECOVERY_CODES),
            "is_me": selected == request.user,
        },
    )


@signed_in(Role.ADMINISTRATOR)
@require_POST
@require_recent_confirmation
def act_on_person(request: SignedInRequest, ref: str, act: str) -> HttpResponse:
    """Change roles, suspend, reset the second factor, or end sessions."""
    organization = request.organization
    selected = _member(organization, ref)
    try:
        if act == "roles":
            form = PersonForm(organization, request.POST)
            roles, unit = (form.cleaned_data["roles"], form.cleaned_data["unit"]) if form.is_valid() else ([], "")
            administration.change_roles(AuditActor.of(request), organization, selected, roles, unit)
            message: object = _("The roles were changed.")
        elif act in ACTS:
            action, message = ACTS[act]
            action(AuditActor.of(request), organization, selected)
        else:
            raise Http404
    except AdministrationRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, str(message))
    return redirect("person", ref)


def _member(organization: Organization, ref: str) -> Person:
    return get_object_or_404(Membership.objects.may_see(organization), ref=ref)
