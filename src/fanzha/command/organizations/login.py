"""Sign-in with mail address and pass phrase. There is no sign-up; attempts are throttled by address and by device."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal import ratelimit
from django.http import HttpRequest

from fanzha.command.organizations.models import Person
from fanzha.command.organizations.sign_in_throttle import TooManyDelayed, attempted_name, delay_attempt, find_device
from fanzha.command.web.client_address import client_address


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth adapter without sign-up: people join by invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: there is no sign-up."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client address that attempts are counted for."""
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Limit attempts from an address and delay those on a name under attack, except from a known device.

        Raise ValidationError. Django-axes limits a known device.
        """
        name = attempted_name(request, credentials)
        if find_device(request, name):
            return
        self._login_failed_rl_usage = ratelimit.consume(request, app="allauth.account", action="sign_in")
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")
        try:
            delay_attempt(request, name)
        except TooManyDelayed:
            raise self.validation_error("too_many_login_attempts") from None

    def reauthenticate(self, user: Person, password: str) -> bool:
        """Return whether the pass phrase is the person's. It is checked with the mail address used for sign-in."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk
