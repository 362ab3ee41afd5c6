"""Pages of organisations and people."""

from collections.abc import Callable

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fanzha.base.whole_numbers import whole_number
from fanzha.command.organizations import administration
from fanzha.command.organizations.actor import AdministrationRefused, AuditActor
from fanzha.command.organizations.api_keys import make_key, revoke_key
from fanzha.command.organizations.forms import (
    DutyForm,
    InviteForm,
    JoinForm,
    KeyForm,
    NewOrganizationForm,
    OrganizationForm,
    PersonForm,
)
from fanzha.command.organizations.invitations import accept, invite, withdraw
from fanzha.command.organizations.links import deliver_or_return_url
from fanzha.command.organizations.mailbox import starts_over
from fanzha.command.organizations.models import ApiKey, Duty, Invitation, Membership, Organization, Person
from fanzha.command.organizations.presenters import list_people_rows
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.organizations.second_factor import has_second_factor
from fanzha.command.organizations.services import change_organization, register_organization
from fanzha.command.organizations.viewer_middleware import CHOSEN as CHOSEN_ORGANIZATION
from fanzha.command.organizations.watches import clear_duty, set_duty
from fanzha.command.web.access import signed_in
from fanzha.command.web.language import CHOSEN as CHOSEN_LANGUAGE
from fanzha.command.web.looks import THEMES
from fanzha.command.web.reauthentication import require_recent_confirmation
from fanzha.command.web.roles import KIND_TITLES, SUPERVISORS, Role

# Pages of the duty roster.

DUTIES_SHOWN = 100


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
            messages.success(request, _("The shift was added to the roster."))
            return redirect("duties")
    rows = Duty.objects.filter(organization=organization, until__gt=timezone.now()).select_related("officer", "deputy")
    return render(
        request,
        "organizations/duties.html",
        {"form": form, "rows": list(rows[:DUTIES_SHOWN]), "now": Duty.at(organization.pk, timezone.now())},
    )


@signed_in(Role.ADMINISTRATOR, Role.DUTY_OFFICER)
@require_POST
def end_duty(request: SignedInRequest, number: int) -> HttpResponse:
    """End a current watch, or remove a future one from the roster."""
    own = Duty.objects.filter(organization=request.organization).select_related("organization", "officer")
    clear_duty(AuditActor.of(request), get_object_or_404(own, pk=number))
    messages.success(request, _("The shift has ended."))
    return redirect("duties")


# Pages to accept an invitation and to set up a second factor.

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Let an invited person choose a pass phrase, and sign the person in. An existing account is kept if possible."""
    invitation = Invitation.find_open(token)
    if invitation is None:
        return render(request, "organizations/join_over.html", status=404)
    existing = Person.objects.filter(email=invitation.email).first()
    if existing is not None and (request.user == existing or not starts_over(invitation, existing)):
        return _join_known(request, invitation, existing)
    form = JoinForm(invitation, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = accept(invitation, form.cleaned_data["phrase"])
        except AdministrationRefused:
            return redirect("account_login")
        login(request, person, BACKEND)
        record_authentication(request, person, "password", reauthenticated=True)
        return redirect("home")
    return render(request, "organizations/join.html", {"form": form, "invitation": invitation, "known": None})


def _join_known(request: HttpRequest, invitation: Invitation, existing: Person) -> HttpResponse:
    """Accept an invitation with an existing account. The link alone does not sign in."""
    if existing.is_active and request.user != existing:
        context = {"invitation": invitation, "known": existing, "next": request.path}
        return render(request, "organizations/join.html", context)
    if request.method != "POST":
        return render(request, "organizations/join.html", {"invitation": invitation, "known": existing, "mine": True})
    try:
        accept(invitation, None)
    except AdministrationRefused as refused:
        raise Http404 from refused
    return redirect("home")


@signed_in
def second_factor(request: HttpRequest) -> HttpResponse:
    """Explain why a second factor is required and how to set one up."""
    if has_second_factor(request.user):  # type: ignore[arg-type]
        return redirect("home")
    return render(request, "organizations/second_factor.html")


# Pages of the API keys of the viewer's organisation.

KEYS_SHOWN = 200


@signed_in(Role.ADMINISTRATOR)
def api_keys(request: SignedInRequest) -> HttpResponse:
    """List the keys, valid ones first."""
    organization = request.organization
    rows = list(ApiKey.objects.filter(organization=organization).select_related("made_by")[:KEYS_SHOWN])
    now = timezone.now()
    valid = [key for key in rows if key.revoked_at is None and (key.expires_at is None or key.expires_at > now)]
    invalid = [key for key in rows if key not in valid]
    return render(request, "organizations/api_keys.html", {"rows": valid, "gone": invalid})


@signed_in(Role.ADMINISTRATOR)
@require_recent_confirmation
def new_key(request: SignedInRequest) -> HttpResponse:
    """Create a key and show its secret once."""
    organization = request.organization
    form = KeyForm(organization, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            key, secret = make_key(AuditActor.of(request), organization, **form.cleaned_data)
        except AdministrationRefused as refused:
            form.add_error(None, str(refused))
        else:
            return render(request, "organizations/api_key_made.html", {"made": key, "secret": secret})
    return render(request, "organizations/api_key_new.html", {"form": form})


@signed_in(Role.ADMINISTRATOR)
@require_POST
@require_recent_confirmation
def revoke(request: SignedInRequest, number: int) -> HttpResponse:
    """Revoke a key."""
    own = ApiKey.objects.filter(organization=request.organization).select_related("organization")
    revoke_key(AuditActor.of(request), get_object_or_404(own, pk=number))
    messages.success(request, _("The key no longer works."))
    return redirect("api_keys")


# Pages of the people of the viewer's organisation, and of invitations.

#: Actions on a person's page other than roles: the service function and the success message.
ACTS: dict[str, tuple[Callable[[AuditActor, Organization, Person], None], object]] = {
    "suspend": (administration.suspend, gettext_lazy("Suspended and signed out on all devices.")),
    "reset": (
        administration.reset_second_factor,
        gettext_lazy("The second factor was removed. The person sets up a new one when signing in."),
    ),
    "end": (administration.end_sessions, gettext_lazy("Signed out on all devices.")),
}


@signed_in(Role.ADMINISTRATOR)
def people(request: SignedInRequest) -> HttpResponse:
    """List the people of the organisation and the open invitations."""
    organization = request.organization
    waiting = Invitation.select_open().filter(organization=organization)
    return render(
        request, "organizations/people.html", {"rows": list_people_rows(organization), "waiting": list(waiting)}
    )


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
    own = Invitation.select_open().filter(organization=request.organization)
    withdraw(AuditActor.of(request), get_object_or_404(own, pk=number))
    messages.success(request, _("The invitation was withdrawn. Its link no longer works."))
    return redirect("people")


@signed_in(Role.ADMINISTRATOR)
def person(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one person and the available actions."""
    organization = request.organization
    selected = _member(organization, ref)
    row = next(one for one in list_people_rows(organization) if one.person == selected)
    elsewhere = Membership.objects.of_other_organizations(organization).filter(person=selected).exists()
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
    return get_object_or_404(Membership.objects.administered_people(organization), ref=ref)


# Pages for supervisors to register, change and suspend organisations.

PAGE_SIZE = 50
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
    selected = list(rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE + 1])
    context = {"rows": selected[:PAGE_SIZE], "kinds": KIND_TITLES.items(), "kind": kind, "search": search, "page": page}
    return render(request, "organizations/organizations.html", context | {"more": len(selected) > PAGE_SIZE})


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
            messages.success(request, _("Saved."))
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


# Choose language, theme and organisation.

YEAR_SECONDS = 365 * 24 * 3600


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Store the language for the person, in the session and in a cookie."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise Http404
    if isinstance(request.user, Person):
        Person.objects.filter(pk=request.user.pk).update(language=chosen)
        request.session[CHOSEN_LANGUAGE] = chosen
    answer = _back(request)
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=YEAR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Store the theme for the person, or in the session of an anonymous visitor."""
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        raise Http404
    if isinstance(request.user, Person):
        Person.objects.filter(pk=request.user.pk).update(theme=chosen)
    else:
        request.session["theme"] = chosen
    return _back(request)


@signed_in
@require_POST
def choose_organization(request: HttpRequest) -> HttpResponse:
    """Switch to another of the person's organisations. Show its home, because it may not have access to this page."""
    memberships = Membership.objects.in_force().filter(person=request.user.pk, organization__is_active=True)
    membership = memberships.filter(organization__ref=request.POST.get("organization", "")).first()
    if membership is None:
        raise Http404
    request.session[CHOSEN_ORGANIZATION] = membership.organization_id
    return redirect("home")


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """Redirect to the previous page if it is on this site, else to the home page."""
    target = request.POST.get("next", "")
    is_local = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if is_local else "/")
