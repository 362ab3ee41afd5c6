"""Pages to accept an invitation and to set up a second factor."""

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from fanzha.command.organizations.actor import AdministrationRefused
from fanzha.command.organizations.forms import JoinForm
from fanzha.command.organizations.invitations import accept
from fanzha.command.organizations.mailbox import starts_over
from fanzha.command.organizations.models import Invitation, Person
from fanzha.command.organizations.second_factor import has_second_factor
from fanzha.command.web.access import signed_in

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Let an invited person choose a pass phrase, and sign the person in. An existing account is kept if possible."""
    invitation = Invitation.open_with(token)
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
