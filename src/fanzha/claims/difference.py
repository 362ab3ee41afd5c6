"""How two states of a snapshot differ, and when that is too much without an operator's word (diff guard)."""

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

_LISTS = ("protected", "spared", "inbound_only_entries", "range_entries", "roaming", "urls", "rules")


class Limits(msgspec.Struct, frozen=True):
    """What may change without an approval: so many subjects always, else so large a share of the numbers before."""

    newly_refused: int = 100
    newly_refused_share: float = 0.01
    lost_share: float = 0.5  # of the refusals before; so many in all as `newly_refused` may always go

    def exceeded(self, difference: "Difference") -> list[Words]:
        """Return why a difference is too great; nothing when it is not."""
        most = max(self.newly_refused, int(self.newly_refused_share * difference.numbers_before))
        found = []
        if (more := difference.refuses_more) > most:
            found.append(
                Words(
                    f"将新拒绝 {more:,} 个号码或对象，未经批准至多 {most:,} 个",
                    f"it would newly refuse {more:,} numbers and others, {most:,} at the most without an approval",
                )
            )
        if (lost := difference.no_longer_refused) > max(self.newly_refused, self.lost_share * difference.refused):
            found.append(
                Words(
                    f"将不再拒绝原 {difference.refused:,} 个中的 {lost:,} 个，疑似数据缺失",
                    f"it would no longer refuse {lost:,} of {difference.refused:,}: something may be missing",
                )
            )
        return found


class Difference(msgspec.Struct, kw_only=True):
    """Counts of subjects; numbers with the rest together. Lists that say something else are named."""

    numbers_before: int = 0
    numbers_after: int = 0
    added: int = 0
    removed: int = 0
    changed: int = 0
    newly_refused: int = 0
    no_longer_refused: int = 0
    refused: int = 0  # before
    inbound_only_added: int = 0  # the do-not-originate list refuses whoever shows these
    spared_lost: int = 0  # may be refused from now on
    unallocated: int = 0  # numbers of ranges that are no longer in the operator's table
    lists: tuple[str, ...] = ()

    @property
    def refuses_more(self) -> int:
        """Return how many may be refused from now on that were not."""
        return self.newly_refused + self.inbound_only_added + self.spared_lost + self.unallocated


def compare_states(before: SnapshotState | None, after: SnapshotState) -> Difference:
    """Compare two states; None stands for nothing.

    A state that only adds deltas to the other takes milliseconds, another base a second or two.
    """
    before = before or _empty_state(after.base.head.salt)
    facts = before.base.head.facts
    found = Difference(
        numbers_before=facts.get("numbers", 0),
        numbers_after=after.base.head.facts.get("numbers", 0),
        refused=facts.get("refused", 0),
        inbound_only_added=len(inbound_only_numbers(after) - inbound_only_numbers(before)),
        spared_lost=len(allowlist_keys(before) - allowlist_keys(after)),
        unallocated=count_unallocated(allocated_prefixes(before), allocated_prefixes(after)),
        lists=tuple(name for name in _LISTS if section_digest(before, name) != section_digest(after, name)),
    )
    counts = count_differences(before, after)
    found.added, found.removed, found.changed = (int(counts[at]) for at in range(3))
    found.newly_refused = int(counts[comparison.NEWLY_REFUSED])
    found.no_longer_refused = int(counts[comparison.NO_LONGER_REFUSED])
    return found


def compile_kernels() -> None:
    """Compile all that snapshots are checked, compared and looked up with, or load what was compiled before."""
    nothing, other = _empty_state(""), _empty_state("00")
    check(nothing.base)
    nothing.find_profiles(np.zeros(1, np.uint64))
    compare_states(nothing, other)


def _empty_state(salt: str) -> SnapshotState:
    head = SnapshotHead(what="base", sequence=0, created_at=0, salt=salt)
    return SnapshotState(SnapshotFile(memoryview(b"".join(compile_base(build_contents({}), head))), "nothing"))


LONGEST_NATIONAL = 11  # digits of a mobile or a full fixed line


def count_differences(before: SnapshotState, after: SnapshotState) -> NDArray[np.int64]:
    """Return the counts of fanzha.claims.snapshot_format.comparison."""
    then, now = _hashed_profiles(before, after)
    if share_base(before, after):
        keys = _changed_keys(before, after)
        then, now = np.append(then, before.find_profiles(keys)), np.append(now, after.find_profiles(keys))
        meant = profile_meanings(before, after, np.unique(then), np.unique(now))
    else:
        meant = profile_meanings(before, after)
    refusing = comparison.refusing_profiles(before.profiles), comparison.refusing_profiles(after.profiles)
    counts = np.zeros(comparison.COUNTS, np.int64)
    comparison.count_pairs(then.astype(np.int64), now.astype(np.int64), meant, refusing, counts)
    for keys, only_gone in () if share_base(before, after) else iter_all_keys(before, after):
        comparison.count(keys, before.tables, after.tables, meant, refusing, only_gone, counts)
    return counts


def profile_meanings(
    before: SnapshotState,
    after: SnapshotState,
    then: NDArray[np.int64] | None = None,
    now: NDArray[np.int64] | None = None,
) -> comparison.Meanings:
    """Return a number for what each profile says, alike in both states; of the profiles that are in use, or of all."""
    known: dict[tuple[object, ...], int] = {}
    first, second = (
        comparison.number_meanings(
            state.profiles, state.words, known, np.arange(len(state.profiles)) if used is None else used
        )
        for state, used in ((before, then), (after, now))
    )
    return first, second


def share_base(before: SnapshotState, after: SnapshotState) -> bool:
    """Return whether two states stand on one base: only what their deltas hold can differ."""
    return before.base.identity == after.base.identity


def _unshared_deltas(before: SnapshotState, after: SnapshotState) -> list[SnapshotFile]:
    shared = {*before.identities} & {*after.identities}
    return [one for one in (*before.deltas, *after.deltas) if one.identity not in shared]


def _changed_keys(before: SnapshotState, after: SnapshotState) -> NDArray[np.uint64]:
    changed = [one.words("changed_numbers")[:, 0] for one in _unshared_deltas(before, after)]
    return np.unique(np.concatenate([*changed, np.zeros(0, np.uint64)]))


def iter_all_keys(before: SnapshotState, after: SnapshotState) -> Iterator[tuple[NDArray[np.uint64], bool]]:
    """Yield the keys of both states in pieces; True where only those count that are not listed after."""
    for keys in after.number_keys():
        yield keys, False
    for keys in before.number_keys():
        yield keys, True


def _hashed_profiles(before: SnapshotState, after: SnapshotState) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the profiles, before and after, of what is found by a hash: subjects without a key, URL expressions."""
    found = [match_rows(url_rows(before), url_rows(after))[1:]] if _urls_differ(before, after) else []
    if share_base(before, after):
        changed = [one.words("changed_others")[:, :2].tolist() for one in _unshared_deltas(before, after)]
        words = sorted({(first, second) for rows in changed for first, second in rows})
        then, now = ([state.find_other_profile(one) for one in words] for state in (before, after))
        found.append((np.array(then, np.int64), np.array(now, np.int64)))
    else:
        found.append(match_rows(other_rows(before), other_rows(after))[1:])
    return np.concatenate([then for then, _ in found]), np.concatenate([now for _, now in found])


def other_rows(state: SnapshotState) -> NDArray[np.uint64]:
    """Return the two words and the profile of each subject without a key; what changed stands last."""
    rows = read_table(state.base, "others").rows
    changed = [(*words, row) for words, row in state.overlay.other_subjects.items()]
    return np.concatenate([rows[rows[:, 0] != 0], np.array(changed, np.uint64).reshape(len(changed), 3)])


def url_rows(state: SnapshotState) -> NDArray[np.uint64]:
    """Return the first two words of each listed expression's hash, and its profile."""
    if (file := _newest_file(state, "urls")) is None:
        return np.zeros((0, 3), np.uint64)
    words = np.frombuffer(file.section_bytes("urls"), "<u8").reshape(-1, HASH_BYTES // 8)[:, :2]
    rows = np.frombuffer(file.section_bytes("url_profiles"), "<u4").astype(np.uint64)
    return np.column_stack([words, np.where(rows > 0, rows + np.uint64(state.starts[file.identity]), rows)])


class MatchedRows(NamedTuple):
    """Different pairs of words [n, 2] with their profiles before and after [n]; 0: not there."""

    words: NDArray[np.uint64]
    then: NDArray[np.int64]
    now: NDArray[np.int64]


def match_rows(before: NDArray[np.uint64], after: NDArray[np.uint64]) -> MatchedRows:
    """Match rows of two words and a profile; of a pair that stands several times the last row counts."""
    both = np.concatenate([before, after])
    order = np.lexsort((both[:, 1], both[:, 0]))
    fresh = np.ones(len(both), np.bool_)
    fresh[1:] = (both[order[1:], :2] != both[order[:-1], :2]).any(axis=1)
    place = np.empty(len(both), np.int64)
    place[order] = np.cumsum(fresh) - 1
    then, now = np.zeros((2, int(fresh.sum())), np.int64)
    then[place[: len(before)]] = before[:, 2]
    now[place[len(before) :]] = after[:, 2]
    return MatchedRows(both[order[fresh], :2], then, now)


def _urls_differ(before: SnapshotState, after: SnapshotState) -> bool:
    then, now = _newest_file(before, "urls"), _newest_file(after, "urls")
    return (then and then.identity) != (now and now.identity)


def _newest_file(state: SnapshotState, name: str) -> SnapshotFile | None:
    return next((one for one in reversed(state.files) if one.has(name)), None)


def section_digest(state: SnapshotState, name: str) -> str:
    """Return the digest of a section as it stands, "" where there is none."""
    file = _newest_file(state, name)
    return file.section(name).digest if file else ""


def inbound_only_numbers(state: SnapshotState) -> set[str]:
    """Return the numbers that never call out."""
    file = _newest_file(state, "inbound_only_entries")
    return {one.number for one in inbound_only_entries(file)} if file else set()


def allowlist_keys(state: SnapshotState) -> set[tuple[str, str, str]]:
    """Return the spared numbers with their origins."""
    file = _newest_file(state, "spared")
    return {(one.number, one.origin_kind, one.origin) for one in spared_entries(file)} if file else set()


def allocated_prefixes(state: SnapshotState) -> set[str]:
    """Return the allocated prefixes."""
    file = _newest_file(state, "range_entries")
    return {one.prefix for one in range_entries(file)} if file else set()


def count_unallocated(before: set[str], after: set[str]) -> int:
    """Return how many numbers the prefixes stand for that neither are there any more nor lie in another one."""
    gone = [one for one in before if not any(one[:length] in after for length in range(1, len(one) + 1))]
    return sum(10 ** (LONGEST_NATIONAL - len(one)) for one in gone)
