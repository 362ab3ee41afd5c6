"""How two states of a snapshot differ, and when that is too much without an operator's word (diff guard)."""

from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.claims._snapshot import comparing
from fanzha.claims._snapshot.lists import inbound_only_entries, range_entries, spared_entries
from fanzha.claims._snapshot.reading import read_table
from fanzha.claims.listing import listed
from fanzha.claims.snapshot import File, Head, compile_base
from fanzha.claims.snapshot_state import State
from fanzha.claims.url_expressions import HASH_BYTES

LONGEST_NATIONAL = 11  # digits of a mobile or a full fixed line
_LISTS = ("protected", "spared", "inbound_only_entries", "range_entries", "ported", "roaming", "urls", "rules")


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


def difference(before: State | None, after: State) -> Difference:
    """Compare two states; None stands for nothing.

    A state that only adds deltas to the other takes milliseconds, another base a second or two.
    """
    before = before or _nothing(after)
    facts = before.base.head.facts
    found = Difference(
        numbers_before=facts.get("numbers", 0),
        numbers_after=after.base.head.facts.get("numbers", 0),
        refused=facts.get("refused", 0),
        inbound_only_added=len(_inbound_only(after) - _inbound_only(before)),
        spared_lost=len(_spared(before) - _spared(after)),
        unallocated=_unallocated(_prefixes(before), _prefixes(after)),
        lists=tuple(name for name in _LISTS if _digest(before, name) != _digest(after, name)),
    )
    counts = _counted(before, after)
    found.added, found.removed, found.changed = (int(counts[at]) for at in range(3))
    found.newly_refused = int(counts[comparing.NEWLY_REFUSED])
    found.no_longer_refused = int(counts[comparing.NO_LONGER_REFUSED])
    return found


def _counted(before: State, after: State) -> NDArray[np.int64]:
    known: dict[tuple[object, ...], int] = {}
    meant = (
        comparing.meanings(before.profiles, before.words, known),
        comparing.meanings(after.profiles, after.words, known),
    )
    refusing = comparing.refusing(before.profiles), comparing.refusing(after.profiles)
    counts = np.zeros(comparing.COUNTS, np.int64)
    for keys, only_gone in _asked(before, after):
        comparing.count(keys, before.tables, after.tables, meant, refusing, only_gone, counts)
    comparing.count_pairs(*_rest_of_both(before, after), meant, refusing, counts)
    return counts


def _asked(before: State, after: State) -> Iterator[tuple[NDArray[np.uint64], bool]]:
    """Yield the keys to be compared, and whether only those count that are listed no more."""
    if _further(before, after):
        more = [one.words("changed_numbers")[:, 0] for one in after.deltas[len(before.deltas) :]]
        yield np.unique(np.concatenate([*more, np.zeros(0, np.uint64)])), False
        return
    for keys in after.number_keys():
        yield keys, False
    for keys in before.number_keys():
        yield keys, True


def _further(before: State, after: State) -> bool:
    """Return whether a state is another with some deltas more."""
    return [one.identity for one in after.files[: len(before.files)]] == [one.identity for one in before.files]


def _nothing(after: State) -> State:
    head = Head(what="base", sequence=0, created_at=0, salt=after.base.head.salt)
    return State(File(memoryview(b"".join(compile_base(listed({}), head))), "nothing"))


def _rest(state: State) -> dict[bytes, int]:
    """Return the profiles of what is found by a hash: subjects that are no numbers, and URL expressions."""
    rows = read_table(state.base, "others").rows
    used = rows[rows[:, 0] != 0]
    found = {bytes(words): row for words, row in zip(used[:, :2], used[:, 2].tolist(), strict=True)}
    found |= {np.array(words, np.uint64).tobytes(): row for words, row in state.overlay.others.items()}
    if (file := _holder(state, "urls")) is not None:
        hashes, start = file.packed("urls"), state.starts[file.identity]
        profiles = file.packed("url_profiles").cast("I").tolist()
        found |= {
            bytes(hashes[at * HASH_BYTES :][:HASH_BYTES]): row + start if row else 0 for at, row in enumerate(profiles)
        }
    return found


def _rest_of_both(before: State, after: State) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    then, now = _rest(before), _rest(after)
    keys = sorted(then.keys() | now.keys())
    return (
        np.array([then.get(key, 0) for key in keys], np.int64),
        np.array([now.get(key, 0) for key in keys], np.int64),
    )


def _holder(state: State, name: str) -> File | None:
    return next((one for one in reversed(state.files) if one.has(name)), None)


def _digest(state: State, name: str) -> str:
    file = _holder(state, name)
    return file.section(name).digest if file else ""


def _inbound_only(state: State) -> set[str]:
    file = _holder(state, "inbound_only_entries")
    return {one.number for one in inbound_only_entries(file)} if file else set()


def _spared(state: State) -> set[tuple[str, str, str]]:
    file = _holder(state, "spared")
    return {(one.number, one.origin_kind, one.origin) for one in spared_entries(file)} if file else set()


def _prefixes(state: State) -> set[str]:
    file = _holder(state, "range_entries")
    return {one.prefix for one in range_entries(file)} if file else set()


def _unallocated(before: set[str], after: set[str]) -> int:
    """Return how many numbers the prefixes stand for that neither are there any more nor lie in another one."""
    gone = [one for one in before if not any(one[:length] in after for length in range(1, len(one) + 1))]
    return sum(10 ** (LONGEST_NATIONAL - len(one)) for one in gone)
