"""Pages of the API keys of the viewer's organisation."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.command.organizations.actor import AdministrationRefused, AuditActor
from fanzha.command.organizations.api_keys import make_key, revoke_key
from fanzha.command.organizations.forms import KeyForm
from fanzha.command.organizations.models import ApiKey
from fanzha.command.organizations.reauthentication import require_recent_confirmation
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.web.access import signed_in
from fanzha.command.web.roles import Role

PAGE = 200


@signed_in(Role.ADMINISTRATOR)
def api_keys(request: SignedInRequest) -> HttpResponse:
    """List the keys, valid ones first."""
    organization = request.organization
    rows = list(ApiKey.objects.filter(organization=organization).select_related("made_by")[:PAGE])
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
    messages.success(request, _("The key is dead from now on."))
    return redirect("api_keys")
