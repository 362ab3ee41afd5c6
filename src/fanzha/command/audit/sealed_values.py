"""Verify encrypted values against the commitments of their entries, and destroyed keys against recorded erasures."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fanzha.base.words import Words
from fanzha.command.audit.encryption import UndecryptableValue, load_wrapping_key, unseal, unwrap
from fanzha.command.audit.long_tables import CHUNK, read_in_chunks
from fanzha.command.audit.models import LogEntry, PersonalField
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.commitment import commitment
from fanzha.processes.log.entry import PersonalCommitment, decode_commitments, split_sequence_number
from fanzha.processes.log.verification import ADDED, DROPPED, LogFault

_UNSCOPED = unscoped("sealed values are compared with the entries of all organisations")

#: An entry of this kind lists the destroyed keys and the number of values encrypted under each.
ERASED = "personal_data_erased"

_CHANGED = Words("个人信息密文被更改", "a sealed personal value was changed")
_KEY_GONE = Words("个人密钥被销毁而无相应记录", "the key of its person is gone without a record that fits")
_MAX_CACHED_KEYS = 100_000


class EncryptedField(NamedTuple):
    """An encrypted personal value of an entry (its place), with its key."""

    entry: int
    name: str
    key: int
    sealed: bytes
    person: str
    wrapped: bytes | None
    wrapping_key: int


class _PersonKeyState(NamedTuple):
    person: str
    key: AESGCM | None
    erasure_is_recorded: bool


def encrypted_value_faults(last: int) -> Iterator[LogFault]:
    """Yield a fault for each personal value up to batch `last` that does not match the commitment of its entry."""
    keys = KeyCache()
    fields = groupby(_fields(last), key=lambda field: field.entry)
    next_group = next(fields, None)
    for place, personal in read_in_chunks(_entries_with_commitments(last), "place"):
        while next_group is not None and next_group[0] < place:
            yield LogFault(*split_sequence_number(next_group[0]), ADDED)
            next_group = next(fields, None)
        fields_by_name: dict[str, EncryptedField] = {}
        if next_group is not None and next_group[0] == place:
            fields_by_name = {field.name: field for field in next_group[1]}
            next_group = next(fields, None)
        yield from _entry_faults(place, personal, fields_by_name, keys)
    while next_group is not None:
        yield LogFault(*split_sequence_number(next_group[0]), ADDED)
        next_group = next(fields, None)


def encrypted_fields(places: Iterable[int]) -> Iterator[EncryptedField]:
    """Yield the encrypted values of entries."""
    fields = PersonalField.objects.filter(entry__in=in_list(sorted(places)))
    return map(EncryptedField._make, fields.values_list(*_COLUMNS))


def _entries_with_commitments(last: int) -> Any:
    rows = _UNSCOPED.rows(LogEntry).filter(place__lt=(last + 1) << 20).exclude(personal="{}")
    return rows.values_list("place", "personal")


def _fields(last: int) -> Iterator[EncryptedField]:
    """Yield the encrypted values by place. A chunk never splits the values of one entry."""
    rows = PersonalField.objects.filter(entry__lt=(last + 1) << 20).order_by("entry_id", "name")
    after, size = -1, CHUNK
    while True:
        chunk = list(map(EncryptedField._make, rows.filter(entry__gt=after).values_list(*_COLUMNS)[:size]))
        if len(chunk) < size:
            yield from chunk
            return
        complete = [field for field in chunk if field.entry != chunk[-1].entry]
        size = CHUNK if complete else size * 2
        yield from complete
        after = complete[-1].entry if complete else after


_COLUMNS = ("entry_id", "name", "key_id", "sealed", "key__person", "key__wrapped", "key__wrapping_key")


def _entry_faults(
    place: int, personal: str, fields_by_name: dict[str, EncryptedField], keys: "KeyCache"
) -> Iterator[LogFault]:
    try:
        commitments = decode_commitments(personal.encode())
    except (msgspec.DecodeError, UnicodeEncodeError):
        return  # the verification of the entry reports this change
    for name in sorted(commitments.keys() | fields_by_name.keys()):
        if name not in fields_by_name:
            words = DROPPED
        elif name not in commitments:
            words = ADDED
        else:
            fault = _value_fault(fields_by_name[name], commitments[name], keys)
            if fault is None:
                continue
            words = fault
        yield LogFault(*split_sequence_number(place), Words(f"{words.zh}（{name}）", f"{words.en} ({name})"))


def _value_fault(field: EncryptedField, expected: PersonalCommitment, keys: "KeyCache") -> Words | None:
    """Return the fault of an encrypted value, or None."""
    try:
        key = keys.get(field)
        if key.key is None:
            return None if key.erasure_is_recorded and key.person == expected.person else _KEY_GONE
        secret = unseal(bytes(field.sealed), field.entry, field.name, key.person, key.key)
    except UndecryptableValue:
        return _CHANGED
    fits = (key.person, commitment(field.name, secret.salt, secret.value)) == expected
    return None if fits else _CHANGED


class KeyCache:
    """Cache of unwrapped keys by number. Raises UndecryptableValue for a changed key."""

    def __init__(self) -> None:
        self._cache: dict[int, _PersonKeyState] = {}
        self._erased_values = dict(_recorded_erasures())

    def get(self, field: EncryptedField) -> _PersonKeyState:
        """Return the key that encrypts a value."""
        state = self._cache.get(field.key)
        if state is None:
            if len(self._cache) > _MAX_CACHED_KEYS:
                self._cache.clear()
            state = self._cache[field.key] = self._load(field)
        return state

    def _load(self, field: EncryptedField) -> _PersonKeyState:
        if field.wrapped is not None:
            wrapping_key = load_wrapping_key(field.wrapping_key)
            return _PersonKeyState(field.person, unwrap(field.person, bytes(field.wrapped), wrapping_key), False)
        values = PersonalField.objects.filter(key=field.key).count()
        return _PersonKeyState(field.person, None, self._erased_values.get(field.key) == values)


def _recorded_erasures() -> Iterator[tuple[int, int]]:
    """Yield the keys whose destruction is recorded, with the number of values encrypted under each."""
    for facts in _UNSCOPED.rows(LogEntry).filter(kind=ERASED).values_list("facts", flat=True):
        try:
            erasure = msgspec.json.decode(facts, type=_ErasureFacts)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue  # the verification of the entry reports this change
        yield from ((int(number), values) for number, values in erasure.keys.items())


class _ErasureFacts(msgspec.Struct):
    keys: dict[str, int]
