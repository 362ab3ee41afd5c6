"""Sign-in with mail address and pass phrase. There is no sign-up; attempts are counted by account and address."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.http import HttpRequest

from fanzha.command.organizations.models import Person
from fanzha.command.web.client_address import client_address


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth adapter without sign-up: people join by invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: there is no sign-up."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client address that attempts are counted for."""
        return client_address(request)

    def reauthenticate(self, user: Person, password: str) -> bool:
        """Return whether the pass phrase is the person's. It is checked with the mail address used for sign-in."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk


def login_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return the account name of a sign-in attempt. Attempts are counted by name and by client address."""
    values = credentials or {}
    name = values.get("email") or values.get("username") or values.get("login") or request.POST.get("login") or ""
    return str(name).strip().casefold()[:254]
