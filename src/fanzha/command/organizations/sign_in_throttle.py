"""Throttle wrong pass phrases by address and device; the attempts of others lock no person out.

A browser in which a person has signed in is a known device of that person: a signed cookie says so. Its attempts are
counted separately. Attempts from unknown devices are counted by name and address. Many attempts against one name delay
further attempts on that name, also from other addresses, but none is refused. After too many attempts from one address,
a person with a second factor still passes the first step with the right pass phrase.

docs/decisions/0032 says why.
"""

import secrets
import threading
from collections.abc import Callable
from datetime import timedelta
from time import sleep
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.db.models import Sum
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from fanzha.command.organizations.models import Person
from fanzha.command.organizations.second_factor import has_second_factor
from fanzha.command.web.client_address import client_address

_SALT = "fanzha.known_device"
_SEPARATOR = " device:"
_MAX_NAME = 200
#: A known device is forgotten so long after the last sign-in of any person in it.
DEVICE_SECONDS = 180 * 24 * 3600
#: The number of people that one browser knows; the one that signed in longest ago is forgotten first.
DEVICE_PEOPLE = 8
#: Wrong pass phrases for one name within the quarter of an hour, from unknown devices, before attempts are delayed.
FREE_FAILURES = 5
MAX_DELAY_SECONDS = 8.0
#: Delayed attempts at one moment in this process, so that they leave most threads to others.
MAX_DELAYED = 3

_delayed: set[str] = set()
_lock = threading.Lock()


class TooManyDelayed(Exception):
    """Too many attempts wait at this moment, or one from the same address."""


class SignInThrottle(AxesDatabaseHandler):  # type: ignore[misc]
    """django-axes handler that lets people with a second factor pass the first step in spite of a lock.

    The lock page still follows each wrong pass phrase, and the pass phrase of a locked attempt is hashed too, so that
    neither the response nor its time reveals whether there is an account or a second factor.
    """

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Return whether the attempt is refused, also with the right pass phrase."""
        if not super().is_locked(request, credentials):
            return False
        person = Person.objects.filter(email=attempted_name(request, credentials)).first()
        if person is not None and has_second_factor(person):
            return False
        make_password((credentials or {}).get("password") or "")
        return True


def attempted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return the account name of a sign-in attempt, in small letters."""
    values = credentials or {}
    name = values.get("email") or values.get("username") or values.get("login") or request.POST.get("login") or ""
    return str(name).strip().casefold()[:_MAX_NAME]


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return the name for which django-axes counts an attempt: with the device, if the device is known."""
    name = attempted_name(request, credentials)
    device = find_device(request, name)
    return f"{name}{_SEPARATOR}{device}" if device else name


def lockout_parameters(attempt: Any, credentials: dict[str, Any] | None = None) -> list[Any]:
    """Return the keys to count an attempt by: the known device, otherwise name and address."""
    is_request = isinstance(attempt, HttpRequest)
    name = counted_name(attempt, credentials) if is_request else str(attempt.username)
    return ["username"] if _SEPARATOR in name else [["username", "ip_address"]]


def find_device(request: HttpRequest, name: str) -> str:
    """Return the id of the device if the person of a name has signed in in this browser, "" otherwise."""
    device, people = _read_cookie(request)
    return device if name and _name_digest(name) in people else ""


def delay_attempt(request: HttpRequest, name: str) -> None:
    """Wait before an attempt from an unknown device if the name is under attack. Raise TooManyDelayed."""
    seconds = delay_seconds(name)
    if not seconds:
        return
    address = client_address(request)
    with _lock:
        if address in _delayed or len(_delayed) >= MAX_DELAYED:
            raise TooManyDelayed
        _delayed.add(address)
    try:
        sleep(seconds)
    finally:
        with _lock:
            _delayed.discard(address)


def delay_seconds(name: str) -> float:
    """Return how long the next attempt on a name from an unknown device waits: doubled with each five failures."""
    since = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    recent = AccessAttempt.objects.filter(username=name, attempt_time__gte=since)
    failures = recent.aggregate(failures=Sum("failures_since_start", default=0))["failures"]
    if failures < FREE_FAILURES:
        return 0.0
    return float(min(0.5 * 2 ** min(failures // FREE_FAILURES - 1, 10), MAX_DELAY_SECONDS))


class KnownDeviceMiddleware:
    """After a sign-in, tell the browser by a cookie that it is a known device of the person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        name: str = getattr(request, "signed_in_name", "")
        if name:
            device, people = _read_cookie(request)
            digest = _name_digest(name)
            others = [other for other in people if other != digest]
            value = [device or secrets.token_hex(8), [digest, *others][:DEVICE_PEOPLE]]
            response.set_cookie(
                settings.DEVICE_COOKIE_NAME,
                signing.dumps(value, salt=_SALT),
                max_age=DEVICE_SECONDS,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


@receiver(user_logged_in)
def _note_sign_in(request: HttpRequest | None = None, user: Person | None = None, **_sent: Any) -> None:
    if request is not None and user is not None:
        request.signed_in_name = user.email.casefold()  # type: ignore[attr-defined]


def _read_cookie(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        value = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
        device, people = signing.loads(value, salt=_SALT, max_age=DEVICE_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return "", []
    return device, people


def _name_digest(name: str) -> str:
    return salted_hmac(_SALT, name, algorithm="sha256").hexdigest()[:32]
