"""Snapshots: verdicts, lists and live rules compiled to a base and small deltas that screens map into memory.

This module converts contents to bytes. `fanzha.store.snapshots` stores the files,
`fanzha.screen.mapped_snapshot` serves them. The same contents, in any order, give the same bytes.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.snapshot_format.comparison import refusing_profiles
from fanzha.claims.snapshot_format.container import (
    Approval,
    DamagedSnapshot,
    Section,
    SectionData,
    SnapshotFile,
    SnapshotHead,
    write,
)
from fanzha.claims.snapshot_format.hash_tables import build_table
from fanzha.claims.snapshot_format.keys import MAX_PROFILES, PROFILE_BITS, hash_subjects, number_key, number_text
from fanzha.claims.snapshot_format.lists import (
    AllocatedRange,
    InboundOnly,
    LiveRule,
    LiveRules,
    ProtectedNumber,
    RoamingProof,
    table_data,
)
from fanzha.claims.snapshot_format.lookup import NumberTables
from fanzha.claims.snapshot_format.profiles import WIDTH, Profiles, Rows, SortedProfiles, sort_profiles
from fanzha.claims.snapshot_format.validation import MOST_CHANGES, check, check_succession
from fanzha.claims.url_expressions import url_hash

__all__ = [
    "MOST_CHANGES",
    "Approval",
    "Contents",
    "DamagedSnapshot",
    "SectionData",
    "SnapshotEntry",
    "SnapshotFile",
    "SnapshotHead",
    "InboundOnly",
    "LiveRule",
    "LiveRules",
    "NumberTables",
    "ProtectedNumber",
    "AllocatedRange",
    "RoamingProof",
    "Section",
    "check",
    "compile_base",
    "compile_delta",
    "check_succession",
    "number_key",
    "number_text",
]


class Contents(NamedTuple):
    """Input of the compiler. Numbers may be millions: `keys` [n] and the profile row of each, `rows` [n]."""

    profiles: Profiles
    keys: NDArray[np.uint64]
    rows: NDArray[np.int64]
    other_subjects: Mapping[tuple[str, str], int]  # (kind, canonical value) -> row; includes numbers without a key
    urls: Mapping[str, int] | None = None  # expression (fanzha.claims.url_expressions) -> row; None: no such list
    lists: Sequence[SectionData] = ()
    hashed: Mapping[tuple[int, int], int] = {}  # words of a subject's hash -> row
    hashed_urls: Mapping[bytes, int] = {}  # SHA-256 of an expression -> row; added to `urls`


def compile_base(contents: Contents, head: SnapshotHead) -> list[bytes | memoryview]:
    """Return the bytes of a base in pieces; raise ValueError if a number occurs twice."""
    salt = bytes.fromhex(head.salt)
    rows, words, new_rows = _sorted_profiles(contents)
    profile = new_rows[contents.rows].astype(np.uint64)
    fits = profile < MAX_PROFILES
    slots = (contents.keys[fits] << np.uint64(PROFILE_BITS)) | profile[fits]
    spilled = np.stack([contents.keys[~fits], profile[~fits]], axis=1)
    if _contains_any(contents.keys[fits], np.sort(spilled[:, 0])):
        raise ValueError("duplicate key")
    other_rows = _other_subject_rows(contents, new_rows, salt)
    sections = [
        *_profile_data(rows, words),
        table_data("numbers", build_table(slots[:, None], salt, shift=PROFILE_BITS)),
        table_data("spilled", build_table(spilled, salt)),
        table_data("others", build_table(other_rows, salt)),
        *_url_data(contents, new_rows),
        *contents.lists,
    ]
    urls = [*(contents.urls or {}).values(), *contents.hashed_urls.values()]
    refuses, listed_urls = refusing_profiles(rows), new_rows[np.array(urls, np.int64)]
    facts = {
        "numbers": len(contents.keys),
        "others": len(other_rows),
        "urls": len(urls),
        "profiles": len(rows) - 1,
        "refused": int(refuses[profile].sum() + refuses[other_rows[:, 2]].sum() + refuses[listed_urls].sum()),
        **head.facts,
    }
    return write(msgspec.structs.replace(head, what="base", facts=facts), sections)


def compile_delta(contents: Contents, head: SnapshotHead) -> list[bytes | memoryview]:
    """Return the bytes of a delta: changed subjects with their entries (row 0: no longer listed) and changed lists."""
    salt = bytes.fromhex(head.salt)
    order = np.argsort(contents.keys, kind="stable")
    rows, words, new_rows = _sorted_profiles(contents)
    numbers = np.stack([contents.keys[order], new_rows[contents.rows[order]].astype(np.uint64)], axis=1)
    other_rows = _other_subject_rows(contents, new_rows, salt)
    sections = [
        *_profile_data(rows, words),
        SectionData("changed_numbers", numbers, 2),
        SectionData("changed_others", other_rows, 3),
        *_url_data(contents, new_rows),
        *contents.lists,
    ]
    urls = len(contents.urls or ()) + len(contents.hashed_urls)
    facts = {"numbers": len(numbers), "others": len(other_rows), "urls": urls, **head.facts}
    return write(msgspec.structs.replace(head, what="delta", facts=facts), sections)


def _contains_any(keys: NDArray[np.uint64], ordered: NDArray[np.uint64]) -> bool:
    """Return whether the sorted second array contains any of the keys."""
    if not len(ordered):
        return False
    at = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
    return bool((ordered[at] == keys).any())


def _sorted_profiles(contents: Contents) -> SortedProfiles:
    uses = np.bincount(contents.rows, minlength=len(contents.profiles.rows)).astype(np.int64)
    return sort_profiles(contents.profiles, uses)


def _other_subject_rows(contents: Contents, new_rows: NDArray[np.int64], salt: bytes) -> NDArray[np.uint64]:
    """Return the subjects without a key in order: the two words of the hash, and the profile."""
    words = np.concatenate([hash_subjects(salt, [*contents.other_subjects]), _words([*contents.hashed])])
    at = np.array([*contents.other_subjects.values(), *contents.hashed.values()], np.int64)
    rows = np.column_stack([words, new_rows[at].astype(np.uint64)])
    return rows[np.lexsort((rows[:, 1], rows[:, 0]))]


def _words(pairs: Sequence[tuple[int, int]]) -> NDArray[np.uint64]:
    return np.array(pairs, np.uint64).reshape(len(pairs), 2)


def _url_data(contents: Contents, new_rows: NDArray[np.int64]) -> list[SectionData]:
    """Return the URL list: the sorted SHA-256 of the expressions, and the profile of each."""
    if contents.urls is None:
        return []
    hashes = {url_hash(expression): row for expression, row in contents.urls.items()}
    listed = sorted((digest, int(new_rows[row])) for digest, row in {**contents.hashed_urls, **hashes}.items())
    rows = np.array([row for _, row in listed], np.uint32)
    return [SectionData("urls", b"".join(digest for digest, _ in listed)), SectionData("url_profiles", rows)]


def _profile_data(rows: Rows, words: Sequence[str]) -> list[SectionData]:
    return [SectionData("profiles", rows, WIDTH), SectionData("words", msgspec.msgpack.encode(words))]
