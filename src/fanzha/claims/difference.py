"""Compare two snapshot states, and check the difference against limits (diff guard)."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.claims.contents_builder import build_contents
from fanzha.claims.snapshot import SnapshotHead, check, compile_base
from fanzha.claims.snapshot_format import comparison
from fanzha.claims.snapshot_format.container import SnapshotFile
from fanzha.claims.snapshot_format.hash_tables import read_table
from fanzha.claims.snapshot_format.lists import inbound_only_entries, range_entries, spared_entries
from fanzha.claims.snapshot_state import SnapshotState
from fanzha.claims.url_expressions import HASH_BYTES

_LISTS = (
    "protected", "spared", "inbound_only_entries", "range_entries", "roaming", "overseas_choices",
    "overseas_exceptions", "urls", "rules",
)  # fmt: skip


class Limits(msgspec.Struct, frozen=True):
    """How much may change without an approval: an absolute number of subjects, or a share of the numbers before."""

    newly_refused: int = 100
    newly_refused_share: float = 0.01
    lost_share: float = 0.5  # of the refusals before; up to `newly_refused` may always be lost

    def exceeded(self, difference: "Difference") -> list[Words]:
        """Return the reasons why a difference exceeds the limits; empty if it does not."""
        limit = max(self.newly_refused, int(self.newly_refused_share * difference.numbers_before))
        reasons = []
        if (newly_refused := difference.refuses_more) > limit:
            reasons.append(
                Words(
                    f"将新拒绝 {newly_refused:,} 个号码或对象，未经批准至多 {limit:,} 个",
                    f"it would newly refuse {newly_refused:,} numbers and others, "
                    f"{limit:,} at the most without an approval",
                )
            )
        if (no_longer_refused := difference.no_longer_refused) > max(
            self.newly_refused, self.lost_share * difference.refused
        ):
            reasons.append(
                Words(
                    f"将不再拒绝原 {difference.refused:,} 个中的 {no_longer_refused:,} 个，疑似数据缺失",
                    f"it would no longer refuse {no_longer_refused:,} of {difference.refused:,}: "
                    "something may be missing",
                )
            )
        return reasons


class Difference(msgspec.Struct, kw_only=True):
    """Counts of changed subjects, numbers and others together, and the names of changed lists."""

    numbers_before: int = 0
    numbers_after: int = 0
    added: int = 0
    removed: int = 0
    changed: int = 0
    newly_refused: int = 0
    no_longer_refused: int = 0
    refused: int = 0  # before
    inbound_only_added: int = 0  # added to the do-not-originate list: calls that show them are refused
    spared_lost: int = 0  # removed from the allowlist: they may now be refused
    unallocated: int = 0  # numbers in ranges removed from the operator's allocation table
    lists: tuple[str, ...] = ()

    @property
    def refuses_more(self) -> int:
        """Return how many subjects may be refused that were not refused before."""
        return self.newly_refused + self.inbound_only_added + self.spared_lost + self.unallocated


def compare_states(before: SnapshotState | None, after: SnapshotState) -> Difference:
    """Compare two states; None is an empty state.

    Takes milliseconds if both states share a base, otherwise one or two seconds.
    """
    before = before or _empty_state(after.base.head.salt)
    facts = before.base.head.facts
    result = Difference(
        numbers_before=facts.get("numbers", 0),
        numbers_after=after.base.head.facts.get("numbers", 0),
        refused=facts.get("refused", 0),
        inbound_only_added=len(inbound_only_numbers(after) - inbound_only_numbers(before)),
        spared_lost=len(allowlist_keys(before) - allowlist_keys(after)),
        unallocated=count_unallocated(allocated_prefixes(before), allocated_prefixes(after)),
        lists=tuple(name for name in _LISTS if section_digest(before, name) != section_digest(after, name)),
    )
    counts = count_differences(before, after)
    result.added, result.removed, result.changed = (int(counts[at]) for at in range(3))
    result.newly_refused = int(counts[comparison.NEWLY_REFUSED])
    result.no_longer_refused = int(counts[comparison.NO_LONGER_REFUSED])
    return result


def compile_kernels() -> None:
    """Compile the kernels that check, compare and look up snapshots, or load them from the cache."""
    empty, second_empty = _empty_state(""), _empty_state("00")
    check(empty.base)
    empty.find_profiles(np.zeros(1, np.uint64))
    compare_states(empty, second_empty)


def _empty_state(salt: str) -> SnapshotState:
    head = SnapshotHead(what="base", sequence=0, created_at=0, salt=salt)
    return SnapshotState(SnapshotFile(memoryview(b"".join(compile_base(build_contents({}), head))), "nothing"))


LONGEST_NATIONAL = 11  # digits of a mobile or a full fixed line


def count_differences(before: SnapshotState, after: SnapshotState) -> NDArray[np.int64]:
    """Return the counts defined in `fanzha.claims.snapshot_format.comparison`."""
    then, now = _hashed_profiles(before, after)
    if share_base(before, after):
        keys = _find_changed_keys(before, after)
        then, now = np.append(then, before.find_profiles(keys)), np.append(now, after.find_profiles(keys))
        meanings = profile_meanings(before, after, np.unique(then), np.unique(now))
    else:
        meanings = profile_meanings(before, after)
    refusing = comparison.refusing_profiles(before.profiles), comparison.refusing_profiles(after.profiles)
    counts = np.zeros(comparison.COUNTS, np.int64)
    comparison.count_pairs(then.astype(np.int64), now.astype(np.int64), meanings, refusing, counts)
    for keys, only_gone in () if share_base(before, after) else iter_all_keys(before, after):
        comparison.count(keys, before.tables, after.tables, meanings, refusing, only_gone, counts)
    return counts


def profile_meanings(
    before: SnapshotState,
    after: SnapshotState,
    then: NDArray[np.int64] | None = None,
    now: NDArray[np.int64] | None = None,
) -> comparison.Meanings:
    """Number the meanings of profiles, alike in both states; `then` and `now` limit the rows."""
    numbers: dict[tuple[object, ...], int] = {}
    first, second = (
        comparison.number_meanings(
            state.profiles, state.words, numbers, np.arange(len(state.profiles)) if used is None else used
        )
        for state, used in ((before, then), (after, now))
    )
    return first, second


def share_base(before: SnapshotState, after: SnapshotState) -> bool:
    """Return whether two states share a base, so that only their deltas can differ."""
    return before.base.identity == after.base.identity


def _unshared_deltas(before: SnapshotState, after: SnapshotState) -> list[SnapshotFile]:
    shared = {*before.identities} & {*after.identities}
    return [delta for delta in (*before.deltas, *after.deltas) if delta.identity not in shared]


def _find_changed_keys(before: SnapshotState, after: SnapshotState) -> NDArray[np.uint64]:
    changed = [delta.words("changed_numbers")[:, 0] for delta in _unshared_deltas(before, after)]
    return np.unique(np.concatenate([*changed, np.zeros(0, np.uint64)]))


def iter_all_keys(before: SnapshotState, after: SnapshotState) -> Iterator[tuple[NDArray[np.uint64], bool]]:
    """Yield the keys of both states in chunks; True if only keys that `after` does not list count."""
    for keys in after.number_keys():
        yield keys, False
    for keys in before.number_keys():
        yield keys, True


def _hashed_profiles(before: SnapshotState, after: SnapshotState) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the profiles before and after of subjects found by hash: subjects without a key, and URL expressions."""
    found = [match_rows(url_rows(before), url_rows(after))[1:]] if _urls_differ(before, after) else []
    if share_base(before, after):
        changed = [delta.words("changed_others")[:, :2].tolist() for delta in _unshared_deltas(before, after)]
        words = sorted({(first, second) for rows in changed for first, second in rows})
        then, now = ([state.find_other_profile(pair) for pair in words] for state in (before, after))
        found.append((np.array(then, np.int64), np.array(now, np.int64)))
    else:
        found.append(match_rows(other_rows(before), other_rows(after))[1:])
    return np.concatenate([then for then, _ in found]), np.concatenate([now for _, now in found])


def other_rows(state: SnapshotState) -> NDArray[np.uint64]:
    """Return hash words and profile of each subject without a key, changed subjects last."""
    rows = read_table(state.base, "others").rows
    changed = [(*words, row) for words, row in state.overlay.other_subjects.items()]
    return np.concatenate([rows[rows[:, 0] != 0], np.array(changed, np.uint64).reshape(len(changed), 3)])


def url_rows(state: SnapshotState) -> NDArray[np.uint64]:
    """Return the first two words of the hash of each listed URL expression, and its profile."""
    if (file := _newest_file(state, "urls")) is None:
        return np.zeros((0, 3), np.uint64)
    words = np.frombuffer(file.section_bytes("urls"), "<u8").reshape(-1, HASH_BYTES // 8)[:, :2]
    rows = np.frombuffer(file.section_bytes("url_profiles"), "<u4").astype(np.uint64)
    return np.column_stack([words, np.where(rows > 0, rows + np.uint64(state.starts[file.identity]), rows)])


class MatchedRows(NamedTuple):
    """Distinct pairs of words [n, 2] with their profiles before and after [n]; 0 means absent."""

    words: NDArray[np.uint64]
    then: NDArray[np.int64]
    now: NDArray[np.int64]


def match_rows(before: NDArray[np.uint64], after: NDArray[np.uint64]) -> MatchedRows:
    """Match rows of two words and a profile; the last row of a repeated pair counts."""
    both = np.concatenate([before, after])
    order = np.lexsort((both[:, 1], both[:, 0]))
    is_first = np.ones(len(both), np.bool_)
    is_first[1:] = (both[order[1:], :2] != both[order[:-1], :2]).any(axis=1)
    positions = np.empty(len(both), np.int64)
    positions[order] = np.cumsum(is_first) - 1
    then, now = np.zeros((2, int(is_first.sum())), np.int64)
    then[positions[: len(before)]] = before[:, 2]
    now[positions[len(before) :]] = after[:, 2]
    return MatchedRows(both[order[is_first], :2], then, now)


def _urls_differ(before: SnapshotState, after: SnapshotState) -> bool:
    then, now = _newest_file(before, "urls"), _newest_file(after, "urls")
    return (then and then.identity) != (now and now.identity)


def _newest_file(state: SnapshotState, name: str) -> SnapshotFile | None:
    return next((candidate for candidate in reversed(state.files) if candidate.has(name)), None)


def section_digest(state: SnapshotState, name: str) -> str:
    """Return the digest of the newest version of a section, "" if there is none."""
    file = _newest_file(state, name)
    return file.section(name).digest if file else ""


def inbound_only_numbers(state: SnapshotState) -> set[str]:
    """Return the numbers of the do-not-originate list."""
    file = _newest_file(state, "inbound_only_entries")
    return {entry.number for entry in inbound_only_entries(file)} if file else set()


def allowlist_keys(state: SnapshotState) -> set[tuple[str, str, str]]:
    """Return the allowlisted numbers with their origins."""
    file = _newest_file(state, "spared")
    return {(entry.number, entry.origin_kind, entry.origin) for entry in spared_entries(file)} if file else set()


def allocated_prefixes(state: SnapshotState) -> set[str]:
    """Return the allocated prefixes."""
    file = _newest_file(state, "range_entries")
    return {entry.prefix for entry in range_entries(file)} if file else set()


def count_unallocated(before: set[str], after: set[str]) -> int:
    """Return how many numbers lie in removed prefixes and in no remaining prefix."""
    removed = [prefix for prefix in before if not any(prefix[:length] in after for length in range(1, len(prefix) + 1))]
    return sum(10 ** (LONGEST_NATIONAL - len(prefix)) for prefix in removed)
