"""Answers to clients of the public list, in the JSON of Safe Browsing v5, from memory.

Each process holds the prefixes of the newest version; a connection notices when the job wrote a new one. Answers to the
same version are encoded once.
"""

from __future__ import annotations

import base64
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.claims.hash_list import PREFIX_BYTES, Prefixes, RiceDeltas, encode_rice, find_removal_places
from fanzha.store.appeal_contact import load_appeal_contact
from fanzha.store.link_list import LinkListStore, LinkMatch, ListVersion, connect_link_list
from fanzha.store.link_list_settings import LinkListSettings
from fanzha.store.state_folder import state_folder

#: The name that clients of Safe Browsing know for lists of social engineering with 4-byte prefixes.
NAME = "se-4b"
THREAT_TYPE = "SOCIAL_ENGINEERING"
MOST_PREFIXES = 100
_DESCRIPTION = "Links to warn of or to block, as this site decided. A link that is not listed is not therefore safe."
_MOST_ANSWERS = 64
_IDENTITY_BYTES = _SERIAL_BYTES = 8


class _Current(NamedTuple):
    identity: bytes
    version: ListVersion
    prefixes: Prefixes


class ServedList:
    """The list of one state folder as this process serves it."""

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._connection = connect_link_list(folder, any_thread=True)
        self._store = LinkListStore(self._connection)
        self._data_version = -1
        self._current: _Current | None = None
        self._answers: OrderedDict[tuple[int, int], bytes] = OrderedDict()

    def list_answer(self, token: bytes, settings: LinkListSettings) -> bytes:
        """Return the answer to a client with a version (its token, b"" for none): what changed, or the whole list."""
        with self._lock, self._store.reading():
            current = self._load()
            if current is None:
                return _encode(_head(b"", settings) | {"partialUpdate": False, "sha256Checksum": _base64(_EMPTY)})
            since = self._find_serial(token, current)
            key = since, settings.update_seconds
            if key not in self._answers:
                self._answers[key] = _encode(self._answer(current, since, settings))
                while len(self._answers) > _MOST_ANSWERS:
                    self._answers.popitem(last=False)
            return self._answers[key]

    def search_answer(self, prefixes: Iterable[bytes], settings: LinkListSettings, now: int) -> bytes:
        """Return the whole hashes that begin with some prefixes, with what clients show; `now` is UTC ms."""
        with self._lock, self._store.reading():
            matches = [match for prefix in dict.fromkeys(prefixes) for match in self._store.find_matches(prefix, now)]
        contact = load_appeal_contact()
        return _encode(
            {
                "fullHashes": [_full_hash(match) for match in matches],
                "cacheDuration": f"{settings.cache_seconds}s",
                "appeal": {"address": contact.address, "hotline": contact.hotline, "email": contact.email},
            }
        )

    def last_version(self) -> ListVersion | None:
        """Return the newest version, None before the first one."""
        with self._lock, self._store.reading():
            current = self._load()
            return current.version if current else None

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _load(self) -> _Current | None:
        """Return the newest version; read it again if another process wrote."""
        data_version = self._store.data_version()
        if data_version != self._data_version:
            self._data_version = data_version
            version = self._store.last_version()
            if version is None:
                self._current = None
            elif self._current is None or self._current.version != version:
                self._current = _Current(bytes.fromhex(self._store.identity()), version, self._store.prefixes())
                self._answers.clear()
        return self._current

    def _find_serial(self, token: bytes, current: _Current) -> int:
        """Return the serial of a version that the client has and that is still known, 0 otherwise."""
        identity, serial = token[:_IDENTITY_BYTES], int.from_bytes(token[_IDENTITY_BYTES:], "big")
        if len(token) != _IDENTITY_BYTES + _SERIAL_BYTES or identity != current.identity or serial >= 1 << 63:
            return 0
        return serial if self._store.find_version(serial) is not None else 0

    def _answer(self, current: _Current, since: int, settings: LinkListSettings) -> dict[str, Any]:
        token = current.identity + current.version.serial.to_bytes(_SERIAL_BYTES, "big")
        answer = _head(token, settings) | {"sha256Checksum": _base64(current.version.checksum)}
        if not since:
            return answer | {"partialUpdate": False} | _rice("additionsFourBytes", current.prefixes)
        removed, added = self._store.changes_since(since)
        places = find_removal_places(current.prefixes, removed, added)
        return (
            answer | {"partialUpdate": True} | _rice("compressedRemovals", places) | _rice("additionsFourBytes", added)
        )


_EMPTY = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")  # SHA-256 of nothing


_served: dict[Path, ServedList] = {}
_opening = threading.Lock()


def served_list() -> ServedList:
    """Return the list of this site."""
    folder = state_folder()
    with _opening:
        if folder not in _served:
            _served[folder] = ServedList(folder)
        return _served[folder]


def close_served() -> None:
    """Close the files that this process serves."""
    with _opening:
        while _served:
            _served.popitem()[1].close()


def join_answers(answers: Sequence[bytes]) -> bytes:
    """Return several answers with lists as the answer to a batch."""
    return b'{"hashLists":[' + b",".join(answers) + b"]}"


def list_metadata() -> bytes:
    """Return which lists there are."""
    metadata = {"threatTypes": [THREAT_TYPE], "description": _DESCRIPTION, "hashLength": "FOUR_BYTES"}
    return _encode({"hashLists": [{"name": NAME, "metadata": metadata}]})


def read_base64(text: str) -> bytes:
    """Return the bytes of base64 in either alphabet, with or without padding. Raise ValueError."""
    plain = text.replace("-", "+").replace("_", "/").replace(" ", "+").rstrip("=")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


def read_prefix(text: str) -> bytes:
    """Return a prefix of four bytes in base64. Raise ValueError."""
    prefix = read_base64(text)
    if len(prefix) != PREFIX_BYTES:
        raise ValueError("a prefix has four bytes")
    return prefix


def _head(token: bytes, settings: LinkListSettings) -> dict[str, Any]:
    return {"name": NAME, "version": _base64(token), "minimumWaitDuration": f"{settings.update_seconds}s"}


def _rice(name: str, numbers: Prefixes) -> dict[str, Any]:
    encoded: RiceDeltas | None = encode_rice(np.asarray(numbers, np.uint32))
    if encoded is None:
        return {}
    first, parameter, count, data = encoded
    return {
        name: {
            "firstValue": first,
            "riceParameter": parameter,
            "entriesCount": count,
            "encodedData": _base64(data),
        }
    }


def _full_hash(match: LinkMatch) -> dict[str, Any]:
    words = FRAUD_TYPES.get(match.fraud_type)
    detail: dict[str, Any] = {"threatType": THREAT_TYPE, "action": match.action, "fraudType": match.fraud_type}
    if words is not None:
        detail["fraudTitle"] = {"zh": words.zh, "en": words.en}
    return {"fullHash": _base64(match.full_hash), "fullHashDetails": [detail]}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


_encode = msgspec.json.encode
