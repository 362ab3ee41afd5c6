"""Encrypt personal values (AES-256-GCM) under one key per person, wrapped by the installation's key.

A backup made before an erasure still contains the person's wrapped key. Let backups expire, or repeat the erasure
after a restore (docs/reference/evidence-log.md).
"""

from collections.abc import Iterable
from functools import lru_cache
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fanzha.command.audit.models import PersonKey
from fanzha.processes.log.commitment import SALT_BYTES, Secret
from fanzha.store.keys import load_key

_NONCE = 12
_NAMES_PER_QUERY = 500  # names in one query


class UndecryptableValue(ValueError):
    """A ciphertext or a wrapped key was changed and cannot be decrypted."""


@lru_cache
def _installation(master: bytes) -> AESGCM:
    return AESGCM(master)


def master() -> AESGCM:
    """Return the installation's key, which wraps the persons' keys."""
    return _installation(load_key("evidence"))


def load_or_create_keys(persons: Iterable[str]) -> dict[str, tuple[PersonKey, AESGCM]]:
    """Return the current key of each person, and create the missing ones."""
    person_ids = sorted(set(persons))
    rows: dict[str, PersonKey] = {}
    for start in range(0, len(person_ids), _NAMES_PER_QUERY):
        current_keys = PersonKey.objects.filter(person__in=person_ids[start : start + _NAMES_PER_QUERY], erased_at=None)
        rows |= {key.person: key for key in current_keys}
    installation_key = master()
    unwrapped = {
        person: (row, unwrap(person, bytes(row.wrapped or b""), installation_key)) for person, row in rows.items()
    }
    created = _create_keys(person for person in person_ids if person not in rows)
    PersonKey.objects.bulk_create(row for row, _ in created.values())
    return unwrapped | created


def _create_keys(persons: Iterable[str]) -> dict[str, tuple[PersonKey, AESGCM]]:
    installation_key = master()
    created = {}
    for person in persons:
        key, nonce = token_bytes(32), token_bytes(_NONCE)
        wrapped = nonce + installation_key.encrypt(nonce, key, person.encode())
        created[person] = PersonKey(person=person, wrapped=wrapped), AESGCM(key)
    return created


def unwrap_key(row: PersonKey) -> AESGCM:
    """Unwrap a key that is not destroyed. Raise UndecryptableValue."""
    return unwrap(row.person, bytes(row.wrapped or b""), master())


def unwrap(person: str, wrapped: bytes, wrapping_key: AESGCM) -> AESGCM:
    """Unwrap a person's key with the installation's key. Raise UndecryptableValue."""
    try:
        return AESGCM(wrapping_key.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], person.encode()))
    except (InvalidTag, ValueError):
        raise UndecryptableValue(f"the key of {person} is not what was made") from None


def seal(secret: Secret, place: int, key: AESGCM) -> bytes:
    """Encrypt a salt and its value, bound to their place in the log and to their field name."""
    nonce = token_bytes(_NONCE)
    return nonce + key.encrypt(nonce, secret.salt + secret.value, _associated_data(place, secret.name))


def unseal(sealed: bytes, place: int, name: str, person: str, key: AESGCM) -> Secret:
    """Decrypt a salt and its value. Raise UndecryptableValue."""
    try:
        opened = key.decrypt(sealed[:_NONCE], sealed[_NONCE:], _associated_data(place, name))
    except (InvalidTag, ValueError):
        raise UndecryptableValue(f"{name} is not what was sealed") from None
    return Secret(name, person, opened[:SALT_BYTES], opened[SALT_BYTES:])


def _associated_data(place: int, name: str) -> bytes:
    return place.to_bytes(8, "big") + name.encode()
