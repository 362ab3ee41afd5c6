"""How two states of a snapshot differ, and when that is too much without an operator's word (diff guard)."""

import msgspec
import numpy as np

from fanzha.base.words import Words
from fanzha.claims.listing import listed
from fanzha.claims.snapshot import File, Head, check, compile_base
from fanzha.claims.snapshot_format import comparing, differing
from fanzha.claims.snapshot_state import State

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


def difference(before: State | None, after: State) -> Difference:
    """Compare two states; None stands for nothing.

    A state that only adds deltas to the other takes milliseconds, another base a second or two.
    """
    before = before or _nothing(after.base.head.salt)
    facts = before.base.head.facts
    found = Difference(
        numbers_before=facts.get("numbers", 0),
        numbers_after=after.base.head.facts.get("numbers", 0),
        refused=facts.get("refused", 0),
        inbound_only_added=len(differing.inbound_only(after) - differing.inbound_only(before)),
        spared_lost=len(differing.spared(before) - differing.spared(after)),
        unallocated=differing.unallocated(differing.prefixes(before), differing.prefixes(after)),
        lists=tuple(name for name in _LISTS if differing.digest(before, name) != differing.digest(after, name)),
    )
    counts = differing.counted(before, after)
    found.added, found.removed, found.changed = (int(counts[at]) for at in range(3))
    found.newly_refused = int(counts[comparing.NEWLY_REFUSED])
    found.no_longer_refused = int(counts[comparing.NO_LONGER_REFUSED])
    return found


def compile_kernels() -> None:
    """Compile all that snapshots are checked, compared and looked up with, or load what was compiled before."""
    nothing, other = _nothing(""), _nothing("00")
    check(nothing.base)
    nothing.profiles_of(np.zeros(1, np.uint64))
    difference(nothing, other)


def _nothing(salt: str) -> State:
    head = Head(what="base", sequence=0, created_at=0, salt=salt)
    return State(File(memoryview(b"".join(compile_base(listed({}), head))), "nothing"))
