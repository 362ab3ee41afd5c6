"""Commit the content of rows to the log: one salted digest a row, one entry a transaction.

An app lists its tables in a module `digest_tables`, as `TABLES`. Code that inserts, changes or deletes rows of such a
table calls `Recorder.digest` in the same transaction. The state of the rows at its end is hashed; the hash of all
digests is in the log (`rows_digested`), the digests themselves are in `RowDigests`.

The salt of a batch is derived from the key `keys/row-digests` of the installation, so that a copy of the database does
not allow to guess the content of deleted rows from their digests.
"""

import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from secrets import token_bytes
from typing import Any, NamedTuple

import msgspec
import numpy as np
from django.apps import apps
from django.db import models
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.command.audit.models import RowDigests
from fanzha.command.web.database.bulk import column_in
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.store.keys import load_key

#: Kind of the entry with the hashes of the digests of a transaction.
DIGESTED = "rows_digested"
#: The digest of a row that was deleted.
DELETED = bytes(32)
NONCE_BYTES = 16
#: Bytes of a packed row: primary key and digest.
PACKED_BYTES = 40

_UNSCOPED = unscoped("rows of all organisations are hashed")
_CHUNK = 20_000  # rows that one query reads
_encode = msgspec.json.Encoder(order="sorted").encode


class DigestTable(NamedTuple):
    """A table whose rows are on record: its model, the hashed columns and its title.

    Columns may be those of related rows, such as `subject__identity`, if these never change.
    """

    model: str  # label, such as `subjects.VerdictRow`
    columns: tuple[str, ...]
    title: Words

    @property
    def name(self) -> str:
        """Return the name on record."""
        return self.model.lower()

    @property
    def rows(self) -> "models.QuerySet[Any]":
        """Return all rows."""
        return _UNSCOPED.rows(apps.get_model(self.model))


class PackedDigests(NamedTuple):
    """The digests of rows of one table: primary keys (int64) and digests (n x 32, uint8)."""

    keys: NDArray[np.int64]
    digests: NDArray[np.uint8]

    @property
    def content(self) -> bytes:
        """Return the bytes that are stored and hashed."""
        return self.keys.astype("<i8").tobytes() + self.digests.tobytes()


@cache
def digest_tables() -> Mapping[str, DigestTable]:
    """Return the tables of all apps by name. Raise TypeError if a table stands twice."""
    tables: dict[str, DigestTable] = {}
    for module in app_modules("digest_tables"):
        for table in module.TABLES:
            if tables.setdefault(table.name, table) is not table:
                raise TypeError(f"{table.name} has two digest tables; the second is in {module.__name__}")
    return tables


def pack_digests(table: DigestTable, keys: Collection[int], nonce: bytes) -> PackedDigests:
    """Hash rows by primary key in their present state. A row that does not exist gets the digest `DELETED`."""
    key_array = np.array(sorted(keys), np.int64)
    digest_by_key: dict[int, bytes] = {}
    for start in range(0, len(key_array), _CHUNK):
        digest_by_key |= hash_rows(table, key_array[start : start + _CHUNK].tolist(), derive_salt(table, nonce))
    joined = b"".join([digest_by_key.get(key, DELETED) for key in key_array.tolist()])
    return PackedDigests(key_array, np.frombuffer(joined, np.uint8).reshape(-1, 32))


def hash_rows(table: DigestTable, keys: Sequence[int], salt: bytes) -> dict[int, bytes]:
    """Return the salted digests of the rows that exist, by primary key."""
    rows = table.rows.filter(column_in("id", keys)).order_by().values_list("pk", *table.columns)
    return {row[0]: hash_row(salt, row) for row in rows}


def hash_row(salt: bytes, row: tuple[Any, ...]) -> bytes:
    """Return the digest of a row (primary key, columns): HMAC-SHA-256 of its JSON with sorted keys."""
    return hmac.digest(salt, _encode(row), "sha256")


def derive_salt(table: DigestTable, nonce: bytes) -> bytes:
    """Return the salt of a table and batch."""
    return hmac.digest(load_key("row-digests"), b"row digests\0" + table.name.encode() + b"\0" + nonce, "sha256")


def key_id() -> str:
    """Return an identifier of the salt key, so that a missing key is detected."""
    return hmac.digest(load_key("row-digests"), b"row digests", "sha256")[:8].hex()


def unpack_digests(packed: bytes) -> PackedDigests:
    """Return stored digests. Raise ValueError if the bytes are invalid."""
    count, rest = divmod(len(packed), PACKED_BYTES)
    if rest:
        raise ValueError(f"the length is no multiple of {PACKED_BYTES}")
    keys = np.frombuffer(packed, "<i8", count).astype(np.int64)
    return PackedDigests(keys, np.frombuffer(packed, np.uint8, count * 32, count * 8).reshape(-1, 32))


class DigestBatch(NamedTuple):
    """The digests of one transaction: the entry for the log, and unsaved rows without a batch."""

    draft: Draft
    rows: list[RowDigests]


def digest_changes(changed: Mapping[str, Collection[int]], at: int, complete: Iterable[str] = ()) -> DigestBatch:
    """Hash changed rows (primary keys by name of the table). `complete` names the tables that have digests in full."""
    rows, facts = [], {}
    for name in sorted(changed):
        nonce = token_bytes(NONCE_BYTES)
        digests = pack_digests(digest_tables()[name], changed[name], nonce)
        rows.append(RowDigests(table=name, nonce=nonce, packed=digests.content))
        facts[name] = {"rows": len(digests.keys), "digest": sha256(digests.content).hexdigest()}
    recorded: dict[str, object] = {"key": key_id(), "tables": facts}
    recorded |= {"complete": sorted(complete)} if complete else {}
    return DigestBatch(Draft(DIGESTED, at, "", "", facts=recorded), rows)
