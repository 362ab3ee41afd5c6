"""Compare what entries are committed to with what is sealed; of erased persons, with the record of the erasure."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fanzha.base.words import Words
from fanzha.command.audit.encryption import UndecryptableValue, master, unseal, unwrap
from fanzha.command.audit.long_tables import CHUNK, in_chunks
from fanzha.command.audit.models import LogEntry, PersonalField
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.commitment import commitment
from fanzha.processes.log.entry import PersonalCommitment, decode_commitments, split_sequence_number
from fanzha.processes.log.verification import ADDED, DROPPED, LogFault

_UNSCOPED = unscoped("sealed values are compared with the entries of all organisations")

#: An entry of this kind says which keys were destroyed, and how many values lay under each.
ERASED = "personal_data_erased"

_CHANGED = Words("个人信息密文被更改", "a sealed personal value was changed")
_KEY_GONE = Words("个人密钥被销毁而无相应记录", "the key of its person is gone without a record that fits")
_MANY_KEYS = 100_000


class _EncryptedField(NamedTuple):
    entry: int
    name: str
    key: int
    sealed: bytes
    person: str
    wrapped: bytes | None


class _PersonKeyState(NamedTuple):
    person: str
    under: AESGCM | None
    erased_rightly: bool


def encrypted_value_faults(last: int) -> Iterator[LogFault]:
    """Tell each personal value up to a batch that is not what its entry is committed to."""
    keys = _Keys()
    fields = groupby(_fields(last), key=lambda field: field.entry)
    ahead = next(fields, None)
    for place, personal in in_chunks(_committing(last), "place"):
        while ahead is not None and ahead[0] < place:
            yield LogFault(*split_sequence_number(ahead[0]), ADDED)
            ahead = next(fields, None)
        held: dict[str, _EncryptedField] = {}
        if ahead is not None and ahead[0] == place:
            held = {field.name: field for field in ahead[1]}
            ahead = next(fields, None)
        yield from _of_entry(place, personal, held, keys)
    while ahead is not None:
        yield LogFault(*split_sequence_number(ahead[0]), ADDED)
        ahead = next(fields, None)


def _committing(last: int) -> Any:
    rows = _UNSCOPED.rows(LogEntry).filter(place__lt=(last + 1) << 20).exclude(personal="{}")
    return rows.values_list("place", "personal")


def _fields(last: int) -> Iterator[_EncryptedField]:
    """Read the sealed values by place; a piece ends between two entries."""
    rows = PersonalField.objects.filter(entry__lt=(last + 1) << 20).order_by("entry_id", "name")
    after, size = -1, CHUNK
    while True:
        chunk = list(map(_EncryptedField._make, rows.filter(entry__gt=after).values_list(*_COLUMNS)[:size]))
        if len(chunk) < size:
            yield from chunk
            return
        whole = [field for field in chunk if field.entry != chunk[-1].entry]
        size = CHUNK if whole else size * 2
        yield from whole
        after = whole[-1].entry if whole else after


_COLUMNS = ("entry_id", "name", "key_id", "sealed", "key__person", "key__wrapped")


def _of_entry(place: int, personal: str, held: dict[str, _EncryptedField], keys: "_Keys") -> Iterator[LogFault]:
    try:
        told = decode_commitments(personal.encode())
    except (msgspec.DecodeError, UnicodeEncodeError):
        return  # the entry itself is told to be changed
    for name in sorted(told.keys() | held.keys()):
        if name not in held:
            words = DROPPED
        elif name not in told:
            words = ADDED
        else:
            found = _wrong(held[name], told[name], keys)
            if found is None:
                continue
            words = found
        yield LogFault(*split_sequence_number(place), Words(f"{words.zh}（{name}）", f"{words.en} ({name})"))


def _wrong(field: _EncryptedField, told: PersonalCommitment, keys: "_Keys") -> Words | None:
    """Return what is wrong with a sealed value."""
    try:
        key = keys.of(field)
        if key.under is None:
            return None if key.erased_rightly and key.person == told.person else _KEY_GONE
        opened = unseal(bytes(field.sealed), field.entry, field.name, key.person, key.under)
    except UndecryptableValue:
        return _CHANGED
    fits = (key.person, commitment(field.name, opened.salt, opened.value)) == told
    return None if fits else _CHANGED


class _Keys:
    """Keys by number, opened once. Raises Unreadable for one that is not what was made."""

    def __init__(self) -> None:
        self._known: dict[int, _PersonKeyState] = {}
        self._on_record = dict(_destroyed())
        self._master = master()

    def of(self, field: _EncryptedField) -> _PersonKeyState:
        """Return the key that a value lies under."""
        known = self._known.get(field.key)
        if known is None:
            if len(self._known) > _MANY_KEYS:
                self._known.clear()
            known = self._known[field.key] = self._opened(field)
        return known

    def _opened(self, field: _EncryptedField) -> _PersonKeyState:
        if field.wrapped is not None:
            return _PersonKeyState(field.person, unwrap(field.person, bytes(field.wrapped), self._master), False)
        values = PersonalField.objects.filter(key=field.key).count()
        return _PersonKeyState(field.person, None, self._on_record.get(field.key) == values)


def _destroyed() -> Iterator[tuple[int, int]]:
    """Return the keys whose destruction is on record, each with how many values lay under it."""
    for facts in _UNSCOPED.rows(LogEntry).filter(kind=ERASED).values_list("facts", flat=True):
        try:
            told = msgspec.json.decode(facts, type=_ErasureFacts)
        except msgspec.DecodeError:
            continue  # that entry is told to be changed
        yield from ((int(number), values) for number, values in told.keys.items())


class _ErasureFacts(msgspec.Struct):
    keys: dict[str, int]
