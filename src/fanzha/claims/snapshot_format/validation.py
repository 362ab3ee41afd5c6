"""Check that a snapshot file can be served: digests match and all tables and profiles are consistent."""

import msgspec
import numpy as np

from fanzha.claims.snapshot_format.container import DamagedSnapshot, SnapshotFile
from fanzha.claims.snapshot_format.hash_tables import is_inconsistent, read_table
from fanzha.claims.snapshot_format.keys import MAX_PROFILES, PROFILE_BITS
from fanzha.claims.snapshot_format.profiles import are_valid, read_profiles
from fanzha.claims.url_expressions import HASH_BYTES

#: Tables of a base by section name, with the bits to shift word 0 to get the key.
_TABLES = {"numbers": PROFILE_BITS, "spilled": 0, "others": 0}
_LIST_TABLES = ("inbound_only", "ranges", "roaming", "overseas_choices")

#: Maximum number of changes in one delta, and in all deltas of a base together.
MOST_CHANGES = 100_000


def check(file: SnapshotFile) -> None:
    """Verify digests, tables and profiles; raise DamagedSnapshot. Slow for large files."""
    file.verify()
    try:
        rows, words = read_profiles(file)
        whole = are_valid(rows, len(words)) and all(
            _is_table_valid(file, name) for name in _LIST_TABLES if file.has(name)
        )
        whole = whole and (
            _is_base_valid(file, len(rows)) if file.head.what == "base" else _is_delta_valid(file, len(rows))
        )
        whole = whole and (_are_urls_valid(file, len(rows)) if file.has("urls") else True)
    except (msgspec.DecodeError, ValueError, IndexError) as error:
        raise DamagedSnapshot(f"{file.name}: 快照内容有误 what it holds cannot be read ({error})") from None
    if not whole:
        raise DamagedSnapshot(f"{file.name}: 快照内容前后不一 what it holds does not fit together", fix="build it anew")


def _is_table_valid(file: SnapshotFile, name: str, shift: int = 0) -> bool:
    section, table = file.section(name), read_table(file, name)
    fits = 0 < section.slots < min(len(table.rows), 1 << 32) and table.rows.shape[1] == section.words
    return fits and not is_inconsistent(
        table.rows, np.uint64(shift), np.uint64(section.multiplier), np.uint64(section.slots), section.used
    )


def _is_base_valid(file: SnapshotFile, profiles: int) -> bool:
    if not all(_is_table_valid(file, name, shift) for name, shift in _TABLES.items()):
        return False
    numbers, spilled, other_rows = (file.words(name) for name in _TABLES)
    widths = (numbers.shape[1], spilled.shape[1], other_rows.shape[1]) == (1, 2, 3)
    return widths and all(
        not len(rows) or int(rows.max()) < profiles
        for rows in (numbers[:, 0] & np.uint64(MAX_PROFILES - 1), spilled[:, 1], other_rows[:, 2])
    )


def _are_urls_valid(file: SnapshotFile, profiles: int) -> bool:
    hashes, rows = file.section_bytes("urls"), np.frombuffer(file.section_bytes("url_profiles"), "<u4")
    found = np.frombuffer(hashes, f"S{HASH_BYTES}")
    fits = len(found) == len(rows) and bool((rows < profiles).all())
    return fits and bool((found[1:] > found[:-1]).all())


def _is_delta_valid(file: SnapshotFile, profiles: int) -> bool:
    numbers, other_rows = file.words("changed_numbers"), file.words("changed_others")
    if (numbers.shape[1], other_rows.shape[1]) != (2, 3) or len(numbers) + len(other_rows) > MOST_CHANGES:
        return False
    return all(not len(rows) or int(rows.max()) < profiles for rows in (numbers[:, 1], other_rows[:, 2]))


def check_succession(delta: SnapshotFile, base: SnapshotFile, before: SnapshotFile) -> None:
    """Raise DamagedSnapshot unless the delta belongs to the base and directly follows `before`."""
    head = delta.head
    if head.what != "delta" or head.base != base.identity or head.salt != base.head.salt:
        raise DamagedSnapshot(
            f"{delta.name}: 增量与基础文件不匹配 the delta is none of {base.name}", fix="build a new base"
        )
    if head.before != before.identity or head.sequence <= before.head.sequence:
        raise DamagedSnapshot(
            f"{delta.name}: 增量不连续 the delta does not follow {before.name}", fix="build a new base"
        )
