"""Log sign-ins, their steps and results, and changes of second factors (OWASP ASVS 5.0, 16.3.1).

Input is never logged, because a wrong address may be a pass phrase. django-axes stores the account names of failed
attempts in the database.
"""

import logging
from typing import Any

from allauth.account.signals import authentication_step_completed
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from fanzha.command.organizations.models import Person

_LOG = logging.getLogger(__name__)
#: Errors that allauth and fido2 raise for JSON that is not a response of a security key.
_MALFORMED_RESPONSE_ERRORS = (AttributeError, KeyError, TypeError, ValueError)


class _RefusalLoggingMixin:
    """Mixin of second-factor forms that logs every refused input."""

    user: Person
    errors: Any
    is_bound: bool
    with_what = "code"

    def full_clean(self) -> None:
        """Validate the input, and log a refusal."""
        super().full_clean()  # type: ignore[misc]
        if self.is_bound and self.errors:
            reasons = {str(one.code) for field in self.errors.as_data().values() for one in field}
            what = f"second factor refused: {', '.join(sorted(reasons))}"
            _log_event(logging.WARNING, context.request, what, self.user, self.with_what)


class CodeForm(_RefusalLoggingMixin, AuthenticateForm):  # type: ignore[misc]
    """Code of an authenticator app or recovery code at sign-in."""


class CodeReauthenticationForm(_RefusalLoggingMixin, ReauthenticateForm):  # type: ignore[misc]
    """Form of a second factor for reauthentication."""


class _SecurityKeyForm(_RefusalLoggingMixin):
    with_what = "webauthn"

    def clean_credential(self) -> Authenticator:
        """Return the key that responded. Refuse malformed responses like wrong ones."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except _MALFORMED_RESPONSE_ERRORS:
            raise get_adapter().validation_error("incorrect_code") from None


class SecurityKeyForm(_SecurityKeyForm, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """Security key at sign-in."""


class SecurityKeyReauthenticationForm(_SecurityKeyForm, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Form of a second factor for reauthentication."""


class NewSecurityKeyForm(_RefusalLoggingMixin, AddWebAuthnForm):  # type: ignore[misc]
    """Registration of a security key."""

    with_what = "webauthn"

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data. Refuse malformed responses."""
        try:
            return dict(super().clean())
        except _MALFORMED_RESPONSE_ERRORS:
            raise get_adapter().validation_error("incorrect_code") from None


@receiver(authentication_step_completed)
def _log_step(request: HttpRequest, user: Person, method: str, **more: Any) -> None:
    what = "confirmed again" if more.get("reauthenticated") else "step of a sign-in passed"
    _log_event(logging.INFO, request, what, user, more.get("type") or more.get("provider") or method)


@receiver(user_logged_in)
def _log_sign_in(request: HttpRequest, user: Person, **_sent: Any) -> None:
    _log_event(logging.INFO, request, "signed in", user)


@receiver(user_logged_out)
def _log_sign_out(request: HttpRequest, user: Person | None, **_sent: Any) -> None:
    _log_event(logging.INFO, request, "signed out", user)


@receiver(user_login_failed)
def _log_failure(request: HttpRequest | None = None, **_sent: Any) -> None:
    _log_event(logging.WARNING, request, "sign-in refused", None, "password")


@receiver(authenticator_added)
def _log_factor_added(request: HttpRequest, user: Person, authenticator: Authenticator, **_sent: Any) -> None:
    _log_event(logging.INFO, request, "factor added", user, authenticator.type)


@receiver(authenticator_removed)
def _log_factor_removed(request: HttpRequest, user: Person, authenticator: Authenticator, **_sent: Any) -> None:
    _log_event(logging.INFO, request, "factor removed", user, authenticator.type)


@receiver(authenticator_reset)
def _log_factor_reset(request: HttpRequest, user: Person, authenticator: Authenticator, **_sent: Any) -> None:
    _log_event(logging.INFO, request, "factor made anew", user, authenticator.type)


def _log_event(level: int, request: HttpRequest | None, what: str, person: Person | None, with_what: str = "") -> None:
    _LOG.log(level, what, extra={"request": request, "of": person.ref if person else "", "with_what": with_what})
