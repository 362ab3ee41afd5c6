"""An authenticator app of a person in tests: the codes that it shows."""

import time

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

from fanzha.command.organizations.models import Person

PERIOD_SECONDS = 30
SECRET = "JBSWY3DPEHPK3PXP"


def set_up(person: Person) -> None:
    """Give a person an authenticator app."""
    TOTP.activate(person, SECRET)


def code(secret: str = SECRET) -> str:
    """Return what the app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD_SECONDS)))
