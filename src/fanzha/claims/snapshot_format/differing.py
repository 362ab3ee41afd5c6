"""What the difference of two states is counted from: numbers by a kernel, the rest by words, lists entry by entry."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.claims.snapshot_format import comparing
from fanzha.claims.snapshot_format.container import File
from fanzha.claims.snapshot_format.lists import inbound_only_entries, range_entries, spared_entries
from fanzha.claims.snapshot_format.reading import read_table
from fanzha.claims.snapshot_state import State
from fanzha.claims.url_expressions import HASH_BYTES

LONGEST_NATIONAL = 11  # digits of a mobile or a full fixed line


def counted(before: State, after: State) -> NDArray[np.int64]:
    """Return the counts of fanzha.claims.snapshot_format.comparing."""
    then, now = _rest_of_both(before, after)
    if of_one_base(before, after):
        keys = _changed_keys(before, after)
        then, now = np.append(then, before.profiles_of(keys)), np.append(now, after.profiles_of(keys))
        meant = meanings(before, after, np.unique(then), np.unique(now))
    else:
        meant = meanings(before, after)
    refusing = comparing.refusing(before.profiles), comparing.refusing(after.profiles)
    counts = np.zeros(comparing.COUNTS, np.int64)
    comparing.count_pairs(then.astype(np.int64), now.astype(np.int64), meant, refusing, counts)
    for keys, only_gone in () if of_one_base(before, after) else all_numbers(before, after):
        comparing.count(keys, before.tables, after.tables, meant, refusing, only_gone, counts)
    return counts


def meanings(
    before: State, after: State, then: NDArray[np.int64] | None = None, now: NDArray[np.int64] | None = None
) -> comparing.Meanings:
    """Return a number for what each profile says, alike in both states; of the profiles that are in use, or of all."""
    known: dict[tuple[object, ...], int] = {}
    first, second = (
        comparing.meanings(state.profiles, state.words, known, np.arange(len(state.profiles)) if used is None else used)
        for state, used in ((before, then), (after, now))
    )
    return first, second


def of_one_base(before: State, after: State) -> bool:
    """Return whether two states stand on one base: only what their deltas hold can differ."""
    return before.base.identity == after.base.identity


def _not_shared(before: State, after: State) -> list[File]:
    shared = {*before.identities} & {*after.identities}
    return [one for one in (*before.deltas, *after.deltas) if one.identity not in shared]


def _changed_keys(before: State, after: State) -> NDArray[np.uint64]:
    changed = [one.words("changed_numbers")[:, 0] for one in _not_shared(before, after)]
    return np.unique(np.concatenate([*changed, np.zeros(0, np.uint64)]))


def all_numbers(before: State, after: State) -> Iterator[tuple[NDArray[np.uint64], bool]]:
    """Yield the keys of both states in pieces; True where only those count that are not listed after."""
    for keys in after.number_keys():
        yield keys, False
    for keys in before.number_keys():
        yield keys, True


def _rest_of_both(before: State, after: State) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the profiles, before and after, of what is found by a hash: subjects without a key, URL expressions."""
    found = [matched(url_rows(before), url_rows(after))[1:]] if _urls_differ(before, after) else []
    if of_one_base(before, after):
        changed = [one.words("changed_others")[:, :2].tolist() for one in _not_shared(before, after)]
        words = sorted({(first, second) for rows in changed for first, second in rows})
        then, now = ([state.profile_of_other(one) for one in words] for state in (before, after))
        found.append((np.array(then, np.int64), np.array(now, np.int64)))
    else:
        found.append(matched(other_rows(before), other_rows(after))[1:])
    return np.concatenate([then for then, _ in found]), np.concatenate([now for _, now in found])


def other_rows(state: State) -> NDArray[np.uint64]:
    """Return the two words and the profile of each subject without a key; what changed stands last."""
    rows = read_table(state.base, "others").rows
    changed = [(*words, row) for words, row in state.overlay.others.items()]
    return np.concatenate([rows[rows[:, 0] != 0], np.array(changed, np.uint64).reshape(len(changed), 3)])


def url_rows(state: State) -> NDArray[np.uint64]:
    """Return the first two words of each listed expression's hash, and its profile."""
    if (file := _holder(state, "urls")) is None:
        return np.zeros((0, 3), np.uint64)
    words = np.frombuffer(file.packed("urls"), "<u8").reshape(-1, HASH_BYTES // 8)[:, :2]
    rows = np.frombuffer(file.packed("url_profiles"), "<u4").astype(np.uint64)
    return np.column_stack([words, np.where(rows > 0, rows + np.uint64(state.starts[file.identity]), rows)])


class Matched(NamedTuple):
    """Different pairs of words [n, 2] with their profiles before and after [n]; 0: not there."""

    words: NDArray[np.uint64]
    then: NDArray[np.int64]
    now: NDArray[np.int64]


def matched(before: NDArray[np.uint64], after: NDArray[np.uint64]) -> Matched:
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
    return Matched(both[order[fresh], :2], then, now)


def _urls_differ(before: State, after: State) -> bool:
    then, now = _holder(before, "urls"), _holder(after, "urls")
    return (then and then.identity) != (now and now.identity)


def _holder(state: State, name: str) -> File | None:
    return next((one for one in reversed(state.files) if one.has(name)), None)


def digest(state: State, name: str) -> str:
    """Return the digest of a section as it stands, "" where there is none."""
    file = _holder(state, name)
    return file.section(name).digest if file else ""


def inbound_only(state: State) -> set[str]:
    """Return the numbers that never call out."""
    file = _holder(state, "inbound_only_entries")
    return {one.number for one in inbound_only_entries(file)} if file else set()


def spared(state: State) -> set[tuple[str, str, str]]:
    """Return the spared numbers with their origins."""
    file = _holder(state, "spared")
    return {(one.number, one.origin_kind, one.origin) for one in spared_entries(file)} if file else set()


def prefixes(state: State) -> set[str]:
    """Return the allocated prefixes."""
    file = _holder(state, "range_entries")
    return {one.prefix for one in range_entries(file)} if file else set()


def unallocated(before: set[str], after: set[str]) -> int:
    """Return how many numbers the prefixes stand for that neither are there any more nor lie in another one."""
    gone = [one for one in before if not any(one[:length] in after for length in range(1, len(one) + 1))]
    return sum(10 ** (LONGEST_NATIONAL - len(one)) for one in gone)
