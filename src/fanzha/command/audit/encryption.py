"""Personal values under a key of their person: AES-256-GCM, the key itself under the installation's.

A copy of the database that was made before a person was erased still holds his key, wrapped: copies age out, or the
erasure is done again after a restore (docs/reference/evidence-log.md).
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
_MANY = 500  # names in one query


class UndecryptableValue(ValueError):
    """A sealed value or a key is not what was sealed."""


@lru_cache
def _installation(master: bytes) -> AESGCM:
    return AESGCM(master)


def master() -> AESGCM:
    """Return the installation's key, under which those of persons lie."""
    return _installation(load_key("evidence"))


def keys_of(persons: Iterable[str]) -> dict[str, tuple[PersonKey, AESGCM]]:
    """Return the key that holds for each person; it is made for whom there is none."""
    wanted = sorted(set(persons))
    found: dict[str, PersonKey] = {}
    for start in range(0, len(wanted), _MANY):
        held = PersonKey.objects.filter(person__in=wanted[start : start + _MANY], erased_at=None)
        found |= {one.person: one for one in held}
    over = master()
    opened = {person: (one, unwrap(person, bytes(one.wrapped or b""), over)) for person, one in found.items()}
    made = _new(person for person in wanted if person not in found)
    PersonKey.objects.bulk_create(row for row, _ in made.values())
    return opened | made


def _new(persons: Iterable[str]) -> dict[str, tuple[PersonKey, AESGCM]]:
    over = master()
    found = {}
    for person in persons:
        fresh, nonce = token_bytes(32), token_bytes(_NONCE)
        wrapped = nonce + over.encrypt(nonce, fresh, person.encode())
        found[person] = PersonKey(person=person, wrapped=wrapped), AESGCM(fresh)
    return found


def unwrap_key(row: PersonKey) -> AESGCM:
    """Return a key that is not destroyed. Raises Unreadable."""
    return unwrap(row.person, bytes(row.wrapped or b""), master())


def unwrap(person: str, wrapped: bytes, over: AESGCM) -> AESGCM:
    """Return a person's key from under the installation's. Raises Unreadable."""
    try:
        return AESGCM(over.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], person.encode()))
    except (InvalidTag, ValueError):
        raise UndecryptableValue(f"the key of {person} is not what was made") from None


def seal(secret: Secret, place: int, under: AESGCM) -> bytes:
    """Seal a salt and its value; it opens at its place in the log and under its name alone."""
    nonce = token_bytes(_NONCE)
    return nonce + under.encrypt(nonce, secret.salt + secret.value, _bound(place, secret.name))


def unseal(sealed: bytes, place: int, name: str, person: str, under: AESGCM) -> Secret:
    """Open what was sealed. Raises Unreadable."""
    try:
        opened = under.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(place, name))
    except (InvalidTag, ValueError):
        raise UndecryptableValue(f"{name} is not what was sealed") from None
    return Secret(name, person, opened[:SALT_BYTES], opened[SALT_BYTES:])


def _bound(place: int, name: str) -> bytes:
    return place.to_bytes(8, "big") + name.encode()
