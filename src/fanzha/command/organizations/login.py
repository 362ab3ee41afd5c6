"""Nobody signs up: whoever signs in was invited, by mail or through the login of his organisation."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Keeps the sign-up page shut."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return that nobody may sign up."""
        return False


class InvitedByTheirOrganization(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Lets an organisation's own login sign people in who were invited, and makes nobody."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Return that nobody is made by signing in."""
        return False
