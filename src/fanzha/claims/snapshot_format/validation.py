"""Whether a file can be served: all digests fit, and all that is looked up can be found and means something."""

import msgspec
import numpy as np

from fanzha.claims.snapshot_format.container import Damaged, File
from fanzha.claims.snapshot_format.hash_tables import INDEX_BITS, INDEX_END, misplaced
from fanzha.claims.snapshot_format.profiles import sound
from fanzha.claims.snapshot_format.reading import read_profiles, read_table
from fanzha.claims.url_expressions import HASH_BYTES

#: Tables of a base by section name, with how far the key stands above the value in word 0.
_TABLES = {"numbers": INDEX_BITS, "spilled": 0, "others": 0}
_LIST_TABLES = ("inbound_only", "ranges", "roaming")

#: A delta holds no more changes than this, all deltas of a base together neither: then a new base is due.
MOST_CHANGES = 100_000


def check(file: File) -> None:
    """Verify all digests, then that all that is looked up can be found; raises Damaged. Takes its time: apart."""
    file.verify()
    try:
        rows, words = read_profiles(file)
        whole = sound(rows, len(words)) and all(_table_sound(file, name) for name in _LIST_TABLES if file.has(name))
        whole = whole and (_base_sound(file, len(rows)) if file.head.what == "base" else _delta_sound(file, len(rows)))
        whole = whole and (_urls_sound(file, len(rows)) if file.has("urls") else True)
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


def _urls_sound(file: File, profiles: int) -> bool:
    hashes, rows = file.packed("urls"), np.frombuffer(file.packed("url_profiles"), "<u4")
    found = np.frombuffer(hashes, f"S{HASH_BYTES}")
    fits = len(found) == len(rows) and bool((rows < profiles).all())
    return fits and bool((found[1:] > found[:-1]).all())


def _delta_sound(file: File, profiles: int) -> bool:
    numbers, others = file.words("changed_numbers"), file.words("changed_others")
    if (numbers.shape[1], others.shape[1]) != (2, 3) or len(numbers) + len(others) > MOST_CHANGES:
        return False
    return all(not len(rows) or int(rows.max()) < profiles for rows in (numbers[:, 1], others[:, 2]))


def follows(delta: File, base: File, before: File) -> None:
    """Raise Damaged unless a delta belongs to a base and says what changed since `before`."""
    head = delta.head
    if head.what != "delta" or head.base != base.identity or head.salt != base.head.salt:
        raise Damaged(f"{delta.name}: 增量与基础文件不匹配 the delta is none of {base.name}", fix="build a new base")
    if head.before != before.identity or head.sequence <= before.head.sequence:
        raise Damaged(f"{delta.name}: 增量不连续 the delta does not follow {before.name}", fix="build a new base")
