"""Snapshots: verdicts, lists and live rules compiled to a base and small deltas that screens map into memory.

Here is the format alone, bytes to arrays and back; fanzha.store.snapshots keeps the files, fanzha.screen.mapped serves
them. The same contents, in any order, give the same bytes.
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
from fanzha.claims.snapshot_format.hash_tables import INDEX_BITS, INDEX_END, build_table
from fanzha.claims.snapshot_format.keys import hash_subjects, number_key, number_text
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
    """What is compiled. `numbers` may be millions: keys [n] and the place of each one's entry in `profiles` [n]."""

    profiles: Profiles
    keys: NDArray[np.uint64]
    rows: NDArray[np.int64]
    other_subjects: Mapping[tuple[str, str], int]  # (kind, canonical value) -> row; numbers without a key too
    urls: Mapping[str, int] | None = None  # expression (fanzha.claims.url_expressions) -> row; None: no such list
    lists: Sequence[SectionData] = ()
    hashed: Mapping[tuple[int, int], int] = {}  # subjects of which only the words are known -> row
    hashed_urls: Mapping[bytes, int] = {}  # expressions of which only the SHA-256 is known -> row; beside `urls`


def compile_base(contents: Contents, head: SnapshotHead) -> list[bytes | memoryview]:
    """Return the bytes of a base, piece by piece; raises ValueError when a number stands twice."""
    salt = bytes.fromhex(head.salt)
    rows, words, place = _sorted_profiles(contents)
    profile = place[contents.rows].astype(np.uint64)
    fits = profile < INDEX_END
    slots = (contents.keys[fits] << np.uint64(INDEX_BITS)) | profile[fits]
    spilled = np.stack([contents.keys[~fits], profile[~fits]], axis=1)
    if _any_in(contents.keys[fits], np.sort(spilled[:, 0])):
        raise ValueError("a key stands twice")
    others = _others(contents, place, salt)
    sections = [
        *_profile_data(rows, words),
        table_data("numbers", build_table(slots[:, None], salt, shift=INDEX_BITS)),
        table_data("spilled", build_table(spilled, salt)),
        table_data("others", build_table(others, salt)),
        *_url_data(contents, place),
        *contents.lists,
    ]
    urls = [*(contents.urls or {}).values(), *contents.hashed_urls.values()]
    refuses, listed_urls = refusing_profiles(rows), place[np.array(urls, np.int64)]
    facts = {
        "numbers": len(contents.keys),
        "others": len(others),
        "urls": len(urls),
        "profiles": len(rows) - 1,
        "refused": int(refuses[profile].sum() + refuses[others[:, 2]].sum() + refuses[listed_urls].sum()),
        **head.facts,
    }
    return write(msgspec.structs.replace(head, what="base", facts=facts), sections)


def compile_delta(contents: Contents, head: SnapshotHead) -> list[bytes | memoryview]:
    """Return the bytes of a delta: changed subjects with their entries (row 0: listed no more), lists that changed."""
    salt = bytes.fromhex(head.salt)
    order = np.argsort(contents.keys, kind="stable")
    rows, words, place = _sorted_profiles(contents)
    numbers = np.stack([contents.keys[order], place[contents.rows[order]].astype(np.uint64)], axis=1)
    others = _others(contents, place, salt)
    sections = [
        *_profile_data(rows, words),
        SectionData("changed_numbers", numbers, 2),
        SectionData("changed_others", others, 3),
        *_url_data(contents, place),
        *contents.lists,
    ]
    urls = len(contents.urls or ()) + len(contents.hashed_urls)
    facts = {"numbers": len(numbers), "others": len(others), "urls": urls, **head.facts}
    return write(msgspec.structs.replace(head, what="delta", facts=facts), sections)


def _any_in(keys: NDArray[np.uint64], ordered: NDArray[np.uint64]) -> bool:
    """Return whether any key is in the second array, which is in order."""
    if not len(ordered):
        return False
    at = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
    return bool((ordered[at] == keys).any())


def _sorted_profiles(contents: Contents) -> SortedProfiles:
    uses = np.bincount(contents.rows, minlength=len(contents.profiles.rows)).astype(np.int64)
    return sort_profiles(contents.profiles, uses)


def _others(contents: Contents, place: NDArray[np.int64], salt: bytes) -> NDArray[np.uint64]:
    """Return the subjects that have no key: the two words of their hash, and the profile; in order."""
    words = np.concatenate([hash_subjects(salt, [*contents.other_subjects]), _words([*contents.hashed])])
    at = np.array([*contents.other_subjects.values(), *contents.hashed.values()], np.int64)
    rows = np.column_stack([words, place[at].astype(np.uint64)])
    return rows[np.lexsort((rows[:, 1], rows[:, 0]))]


def _words(pairs: Sequence[tuple[int, int]]) -> NDArray[np.uint64]:
    return np.array(pairs, np.uint64).reshape(len(pairs), 2)


def _url_data(contents: Contents, place: NDArray[np.int64]) -> list[SectionData]:
    """Return the URL list: SHA-256 of each expression, sorted, and beside it the profile of each."""
    if contents.urls is None:
        return []
    hashes = {url_hash(expression): row for expression, row in contents.urls.items()}
    found = sorted((whole, int(place[row])) for whole, row in {**contents.hashed_urls, **hashes}.items())
    rows = np.array([row for _, row in found], np.uint32)
    return [SectionData("urls", b"".join(whole for whole, _ in found)), SectionData("url_profiles", rows)]


def _profile_data(rows: Rows, words: Sequence[str]) -> list[SectionData]:
    return [SectionData("profiles", rows, WIDTH), SectionData("words", msgspec.msgpack.encode(words))]
