"""Encrypt secrets of authenticator apps and recovery codes in the database, so that a copy of it is not enough."""

import base64
import secrets

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fanzha.command.organizations.models import Membership
from fanzha.command.organizations.recovery_codes import HASHED, HashedCode
from fanzha.command.organizations.second_factor import COUNTED, needs_second_factor
from fanzha.store.keys import load_key

_NONCE = 12
_FOR = b"second factor"


class EncryptedSecretsAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth adapter that encrypts secrets with AES-256-GCM and the key `second-factor` of the state folder."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret."""
        nonce = secrets.token_bytes(_NONCE)
        return base64.b64encode(nonce + _box().encrypt(nonce, text.encode(), _FOR)).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Return whether a person may remove a factor. The last one stays if an organisation requires one."""
        other_factors = Authenticator.objects.filter(user=authenticator.user_id, type__in=COUNTED).exclude(
            pk=authenticator.pk
        )
        if authenticator.type not in COUNTED or other_factors.exists():
            return True
        memberships = Membership.objects.in_force().filter(person=authenticator.user_id).select_related("organization")
        return not any(needs_second_factor(membership.organization) for membership in memberships)

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a secret. Raise cryptography.exceptions.InvalidTag if it was changed."""
        if encrypted_text.startswith(HASHED):
            return HashedCode(encrypted_text.removeprefix(HASHED))
        sealed = base64.b64decode(encrypted_text)
        return _box().decrypt(sealed[:_NONCE], sealed[_NONCE:], _FOR).decode()


def _box() -> AESGCM:
    return AESGCM(load_key("second-factor"))
