"""Snapshots: verdicts, lists and live rules compiled to a base and small deltas that screens map into memory.

Here is the format alone, bytes to arrays and back; fanzha.store.snapshots keeps the files, fanzha.screen.mapped serves
them. The same contents, in any order, give the same bytes.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from fanzha.claims._snapshot.container import Approval, Damaged, Data, File, Head, Section, write
from fanzha.claims._snapshot.keys import hashed_many, number_key, number_text
from fanzha.claims._snapshot.lists import (
    InboundOnly,
    LiveRule,
    LiveRules,
    Ported,
    Ports,
    ProtectedNumber,
    Range,
    Roaming,
    table_data,
)
from fanzha.claims._snapshot.probing import NumberTables
from fanzha.claims._snapshot.profiles import WIDTH, Profiles, Rows, Settled, settled, sound
from fanzha.claims._snapshot.tables import INDEX_BITS, INDEX_END, Table, build, misplaced
from fanzha.claims.entry import Entry

__all__ = [
    "Approval",
    "Contents",
    "Damaged",
    "Data",
    "Entry",
    "File",
    "Head",
    "InboundOnly",
    "LiveRule",
    "LiveRules",
    "NumberTables",
    "Ported",
    "Ports",
    "ProtectedNumber",
    "Range",
    "Roaming",
    "Section",
    "check",
    "compile_base",
    "compile_delta",
    "number_key",
    "number_text",
]

#: Tables of a base by section name, with how far the key stands above the value in word 0.
_TABLES = {"numbers": INDEX_BITS, "spilled": 0, "others": 0}
_LIST_TABLES = ("inbound_only", "ranges", "ported", "roaming")

#: A delta holds no more changes than this, all deltas of a base together neither: then a new base is due.
MOST_CHANGES = 100_000


class Contents(NamedTuple):
    """What is compiled. `numbers` may be millions: keys [n] and the place of each one's entry in `profiles` [n]."""

    profiles: Profiles
    keys: NDArray[np.uint64]
    rows: NDArray[np.int64]
    others: Mapping[tuple[str, str], int]  # (kind, canonical value) -> row; numbers without a key too
    lists: Sequence[Data] = ()


def compile_base(contents: Contents, head: Head) -> list[bytes | memoryview]:
    """Return the bytes of a base, piece by piece; raises ValueError when a number stands twice."""
    salt = bytes.fromhex(head.salt)
    rows, words, place = _settled(contents)
    profile = place[contents.rows].astype(np.uint64)
    fits = profile < INDEX_END
    slots = (contents.keys[fits] << np.uint64(INDEX_BITS)) | profile[fits]
    spilled = np.stack([contents.keys[~fits], profile[~fits]], axis=1)
    if np.isin(spilled[:, 0], contents.keys[fits]).any():
        raise ValueError("a key stands twice")
    others = _others(contents, list(contents.others), place, salt)
    sections = [
        *_profile_data(rows, words),
        table_data("numbers", build(slots[:, None], salt, shift=INDEX_BITS)),
        table_data("spilled", build(spilled, salt)),
        table_data("others", build(others, salt)),
        *contents.lists,
    ]
    facts = {"numbers": len(contents.keys), "others": len(contents.others), "profiles": len(rows) - 1, **head.facts}
    return write(msgspec.structs.replace(head, what="base", facts=facts), sections)


def compile_delta(contents: Contents, head: Head) -> list[bytes | memoryview]:
    """Return the bytes of a delta: changed subjects with their entries (row 0: listed no more), lists that changed."""
    salt = bytes.fromhex(head.salt)
    order = np.argsort(contents.keys, kind="stable")
    rows, words, place = _settled(contents)
    numbers = np.stack([contents.keys[order], place[contents.rows[order]].astype(np.uint64)], axis=1)
    subjects = sorted(contents.others)
    others = _others(contents, subjects, place, salt)
    sections = [
        *_profile_data(rows, words),
        Data("changed_numbers", numbers, 2),
        Data("changed_others", others, 3),
        *contents.lists,
    ]
    facts = {"numbers": len(numbers), "others": len(others), "lists": len(contents.lists), **head.facts}
    return write(msgspec.structs.replace(head, what="delta", facts=facts), sections)


def _settled(contents: Contents) -> Settled:
    uses = np.bincount(contents.rows, minlength=len(contents.profiles.rows)).astype(np.int64)
    return settled(contents.profiles, uses)


def _others(
    contents: Contents, subjects: Sequence[tuple[str, str]], place: NDArray[np.int64], salt: bytes
) -> NDArray[np.uint64]:
    at = np.array([contents.others[one] for one in subjects], np.int64)
    return np.column_stack([hashed_many(salt, subjects), place[at].astype(np.uint64)])


def _profile_data(rows: Rows, words: Sequence[str]) -> list[Data]:
    return [Data("profiles", rows, WIDTH), Data("words", msgspec.msgpack.encode(words))]


def read_profiles(file: File) -> tuple[Rows, list[str]]:
    """Return the profiles of a file and the words they name."""
    return file.words("profiles").view(np.int64), msgspec.msgpack.decode(file.packed("words"), type=list[str])


def read_table(file: File, name: str) -> Table:
    """Return a table of a file."""
    one = file.section(name)
    return Table(file.words(name), one.multiplier, one.places)


def check(file: File) -> None:
    """Verify all digests, then that all that is looked up can be found; raises Damaged. Takes its time: apart."""
    file.verify()
    try:
        rows, words = read_profiles(file)
        whole = sound(rows, len(words)) and all(_table_sound(file, name) for name in _LIST_TABLES if file.has(name))
        whole = whole and (_base_sound(file, len(rows)) if file.head.what == "base" else _delta_sound(file, len(rows)))
    except (msgspec.DecodeError, ValueError, IndexError) as error:
        raise Damaged(f"{file.name}: 快照内容有误 what it holds cannot be read ({error})") from None
    if not whole:
        raise Damaged(f"{file.name}: 快照内容前后不一 what it holds does not fit together", fix="build it anew")


def _table_sound(file: File, name: str, shift: int = 0) -> bool:
    one, table = file.section(name), read_table(file, name)
    fits = 0 < one.places < min(len(table.rows), 1 << 32) and table.rows.shape[1] == one.words
    return fits and not misplaced(
        table.rows, np.uint64(shift), np.uint64(one.multiplier), np.uint64(one.places), one.used
    )


def _base_sound(file: File, profiles: int) -> bool:
    if not all(_table_sound(file, name, shift) for name, shift in _TABLES.items()):
        return False
    numbers, spilled, others = (file.words(name) for name in _TABLES)
    widths = (numbers.shape[1], spilled.shape[1], others.shape[1]) == (1, 2, 3)
    return widths and all(
        not len(rows) or int(rows.max()) < profiles
        for rows in (numbers[:, 0] & np.uint64(INDEX_END - 1), spilled[:, 1], others[:, 2])
    )


def _delta_sound(file: File, profiles: int) -> bool:
    numbers, others = file.words("changed_numbers"), file.words("changed_others")
    if (numbers.shape[1], others.shape[1]) != (2, 3) or len(numbers) + len(others) > MOST_CHANGES:
        return False
    return all(not len(rows) or int(rows.max()) < profiles for rows in (numbers[:, 1], others[:, 2]))


def follows(delta: File, base: File, before: File) -> None:
    """Raise Damaged unless a delta belongs to a base and was published right after `before`."""
    head = delta.head
    if head.what != "delta" or head.base != base.identity or head.salt != base.head.salt:
        raise Damaged(f"{delta.name}: 增量与基础文件不匹配 the delta is none of {base.name}", fix="build a new base")
    if head.before != before.identity or head.sequence != before.head.sequence + 1:
        raise Damaged(f"{delta.name}: 增量不连续 the delta does not follow {before.name}", fix="build a new base")
