"""Signing in with a mail address and a pass phrase: nobody signs up; attempts are counted for whom and from where."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.http import HttpRequest

from fanzha.command.organizations.models import Person
from fanzha.command.web.client_address import client_address


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Keeps the sign-up page shut: whoever signs in was invited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return that nobody may sign up."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return whose attempts are counted."""
        return client_address(request)

    def reauthenticate(self, user: Person, password: str) -> bool:
        """Return whether a person knows his pass phrase; it is asked by the address that he signs in with."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk


def login_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return for whom somebody tries to sign in: attempts are counted by person and by address."""
    given = credentials or {}
    told = given.get("email") or given.get("username") or given.get("login") or request.POST.get("login") or ""
    return str(told).strip().casefold()[:254]
