"""Store recovery codes as hashes once they have been shown (OWASP ASVS 5.0, 6.5.2).

allauth derives codes from an encrypted seed and also supports a list of codes. When the person has seen the codes, the
seed is replaced by a list of hashes, from which the codes cannot be recovered.
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

#: Prefix of a hashed code in allauth's list of encrypted codes.
HASHED = "hashed:"


class HashedCode(str):
    """The hash of a code. It compares equal to the code itself."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        """Return whether `other` is the code. An input of another length is refused without hashing."""
        typed = normalize_user_code(other) if isinstance(other, str) else ""
        return len(typed) == app_settings.RECOVERY_CODE_DIGITS and check_password(typed, str(self))

    def __ne__(self, other: object) -> bool:
        return not self == other


@receiver(post_save, sender=Authenticator)
def hash_recovery_codes(instance: Authenticator, **_sent: Any) -> None:
    """Replace the seed of codes that are being shown. The page shows the codes of this instance."""
    if instance.type != Authenticator.Type.RECOVERY_CODES or "seed" not in instance.data:
        return
    if not instance.data.get("viewed_at"):
        return
    with ThreadPoolExecutor() as pool:  # each hash takes 0.15 s of processor time and releases the GIL
        hashes = list(pool.map(make_password, RecoveryCodes(instance).get_unused_codes()))
    data = {"migrated_codes": [HASHED + code_hash for code_hash in hashes], "viewed_at": instance.data["viewed_at"]}
    Authenticator.objects.filter(pk=instance.pk).update(data=data)
