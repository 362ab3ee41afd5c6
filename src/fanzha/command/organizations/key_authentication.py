"""Authenticate API keys for the API framework (setting `API_KEY_AUTHENTICATOR`)."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from fanzha.command.organizations.models import ApiKey
from fanzha.command.organizations.selectors import build_key_viewer
from fanzha.command.web.api.callers import Caller

LAST_USE_PRECISION = timedelta(minutes=1)


def authenticate_key(secret: str) -> Caller | None:
    """Return the caller of a key; None if the key is unknown, expired or revoked."""
    key = ApiKey.find_valid(secret)
    if key is None:
        return None
    return get_key_caller(key)


def get_key_caller(key: ApiKey) -> Caller:
    """Return the caller that a valid key stands for, and record its use."""
    _record_use(key)
    return Caller(f"key:{key.key_hash[:16]}", build_key_viewer(key), key.organization, key.per_minute)


def _record_use(key: ApiKey) -> None:
    """Update when the key was last used, at most once a minute."""
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - LAST_USE_PRECISION)
    if key.last_used_at is None or key.last_used_at < now - LAST_USE_PRECISION:
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
