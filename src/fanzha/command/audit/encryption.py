"""Encrypt personal values (AES-256-GCM) under one key per person, wrapped by a key of the installation.

The keys of the installation are numbered: `keys/evidence` is the first, `keys/evidence-2` its successor. New keys of
persons are wrapped under the one whose number the head of the log names.

A backup made before an erasure still contains the person's wrapped key. Let backups expire, or repeat the erasure
after a restore (docs/reference/evidence-log.md).
"""

from collections.abc import Iterable
from functools import lru_cache
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fanzha.base.errors import UsageError
from fanzha.command.audit.models import PersonKey
from fanzha.processes.log.commitment import SALT_BYTES, Secret
from fanzha.store.keys import load_key
from fanzha.store.state_folder import state_folder

_NONCE = 12
_NAMES_PER_QUERY = 500  # names in one query


class UndecryptableValue(ValueError):
    """A ciphertext or a wrapped key was changed and cannot be decrypted."""


@lru_cache
def _installation(master: bytes) -> AESGCM:
    return AESGCM(master)


def wrapping_key_name(number: int) -> str:
    """Return the name of a wrapping key's file in `keys/`."""
    return "evidence" if number == 1 else f"evidence-{number}"


def load_wrapping_key(number: int) -> AESGCM:
    """Return the key of the installation with a number. Raise UsageError if a successor is missing."""
    name = wrapping_key_name(number)
    if number > 1 and not (path := state_folder() / "keys" / name).exists():
        raise UsageError(f"{path} is missing", fix="copy it from the machine on which the key was changed")
    return _installation(load_key(name))


def load_or_create_keys(persons: Iterable[str], wrapping_key: int = 1) -> dict[str, tuple[PersonKey, AESGCM]]:
    """Return the current key of each person, and create the missing ones under a key of the installation."""
    person_ids = sorted(set(persons))
    rows: dict[str, PersonKey] = {}
    for start in range(0, len(person_ids), _NAMES_PER_QUERY):
        current_keys = PersonKey.objects.filter(person__in=person_ids[start : start + _NAMES_PER_QUERY], erased_at=None)
        rows |= {key.person: key for key in current_keys}
    unwrapped = {person: (row, unwrap_key(row)) for person, row in rows.items()}
    created = _create_keys((person for person in person_ids if person not in rows), wrapping_key)
    PersonKey.objects.bulk_create(row for row, _ in created.values())
    return unwrapped | created


def _create_keys(persons: Iterable[str], number: int) -> dict[str, tuple[PersonKey, AESGCM]]:
    wrapping_key = load_wrapping_key(number)
    created = {}
    for person in persons:
        key = token_bytes(32)
        row = PersonKey(person=person, wrapped=_wrap(person, key, wrapping_key), wrapping_key=number)
        created[person] = row, AESGCM(key)
    return created


def _wrap(person: str, key: bytes, wrapping_key: AESGCM) -> bytes:
    nonce = token_bytes(_NONCE)
    return nonce + wrapping_key.encrypt(nonce, key, person.encode())


def rewrap_key(row: PersonKey, number: int) -> None:
    """Wrap a key that is not destroyed under another key of the installation. Raise UndecryptableValue."""
    key = _unwrap_bytes(row.person, bytes(row.wrapped or b""), load_wrapping_key(row.wrapping_key))
    row.wrapped, row.wrapping_key = _wrap(row.person, key, load_wrapping_key(number)), number


def unwrap_key(row: PersonKey) -> AESGCM:
    """Unwrap a key that is not destroyed. Raise UndecryptableValue."""
    return unwrap(row.person, bytes(row.wrapped or b""), load_wrapping_key(row.wrapping_key))


def unwrap(person: str, wrapped: bytes, wrapping_key: AESGCM) -> AESGCM:
    """Unwrap a person's key with a key of the installation. Raise UndecryptableValue."""
    return AESGCM(_unwrap_bytes(person, wrapped, wrapping_key))


def _unwrap_bytes(person: str, wrapped: bytes, wrapping_key: AESGCM) -> bytes:
    try:
        return wrapping_key.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], person.encode())
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
