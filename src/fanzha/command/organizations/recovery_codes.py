"""Recovery codes lie hashed as pass phrases do from the moment they are shown (OWASP ASVS 5.0, 6.5.2).

allauth makes codes from a sealed seed and can also hold a list of codes, each as its adapter gives it back. Once a
person has seen his codes, the seed is replaced by such a list of hashes: nobody reads the codes from it again.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.hashers import check_password, make_password
from django.db.models.signals import post_save
from django.dispatch import receiver

#: What a hashed code begins with, where allauth keeps sealed ones.
HASHED = "hashed:"


class HashedCode(str):
    """A code of which the hash alone is known; it equals what it was made of."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        """Say whether this is what somebody typed: what is no recovery code by its length costs nothing."""
        typed = normalize_user_code(other) if isinstance(other, str) else ""
        return len(typed) == app_settings.RECOVERY_CODE_DIGITS and check_password(typed, str(self))

    def __ne__(self, other: object) -> bool:
        return not self == other


@receiver(post_save, sender=Authenticator)
def hash_recovery_codes(instance: Authenticator, **_sent: Any) -> None:
    """Replace the seed of codes that are being shown; the page shows what this one instance still knows."""
    if instance.type != Authenticator.Type.RECOVERY_CODES or "seed" not in instance.data:
        return
    if not instance.data.get("viewed_at"):
        return
    with ThreadPoolExecutor() as pool:  # each takes a processor 0.15 s, and lets the others go on
        hashes = list(pool.map(make_password, RecoveryCodes(instance).get_unused_codes()))
    kept = {"migrated_codes": [HASHED + one for one in hashes], "viewed_at": instance.data["viewed_at"]}
    Authenticator.objects.filter(pk=instance.pk).update(data=kept)
