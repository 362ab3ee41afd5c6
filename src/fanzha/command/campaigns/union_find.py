"""Which subjects belong together: those that have something in common, directly or through others. Pure.

What too many have in common joins nobody: a trunk to another carrier, a platform's domain. The result is that of the
links and the limits alone, in whatever order and pieces the links came.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

N = TypeVar("N", bound=Hashable)


class UnionFind(Generic[N]):
    """Sets that grow together (union-find with path halving)."""

    def __init__(self) -> None:
        self._above: dict[N, N] = {}

    def find(self, one: N) -> N:
        """Return who stands for the set of one."""
        above = self._above
        above.setdefault(one, one)
        while above[one] != one:
            above[one] = above[above[one]]
            one = above[one]
        return one

    def union(self, one: N, other: N) -> None:
        """Put two sets together."""
        self._above[self.find(one)] = self.find(other)

    def groups(self) -> list[set[N]]:
        """Return all sets."""
        found: dict[N, set[N]] = {}
        for one in list(self._above):
            found.setdefault(self.find(one), set()).add(one)
        return list(found.values())


class SubjectGroup(NamedTuple):
    """Subjects that belong together now, and the campaigns that some of them or their ties were in, oldest first."""

    subjects: list[int]
    campaigns: list[int]
    ties: list[int]


def components(links: Iterable[tuple[int, int]], subjects: Iterable[int], hubs: Collection[int] = ()) -> list[set[int]]:
    """Return the sets of subjects that links (subject, tie) hold together, the largest first; hubs hold nobody."""
    sets = UnionFind[tuple[str, int]]()
    for subject in subjects:
        sets.find(("subject", subject))
    for subject, tie in links:
        if tie not in hubs:
            sets.union(("subject", subject), ("tie", tie))
    found = [{key for what, key in one if what == "subject"} for one in sets.groups()]
    return sorted((one for one in found if one), key=lambda one: (-len(one), min(one)))


def merge_groups(
    placed: Mapping[int, int | None], links: Iterable[tuple[int, int]], campaign_of: Mapping[int, int | None]
) -> list[SubjectGroup]:
    """Return the groups that new links make of subjects and campaigns; a campaign stands for all that is in it.

    `placed` are subjects with their campaign, None for those without; `campaign_of` says the same of ties. Whoever a
    person put somewhere is to be left out of both.
    """
    sets = UnionFind[tuple[str, int]]()
    for subject, campaign in placed.items():
        sets.find(("subject", subject))
        if campaign is not None:
            sets.union(("subject", subject), ("campaign", campaign))
    for subject, tie in links:
        sets.union(("subject", subject), ("tie", tie))
        if (campaign := campaign_of[tie]) is not None:
            sets.union(("tie", tie), ("campaign", campaign))
    return sorted(map(_to_group, sets.groups()), key=lambda one: one.subjects)


def _to_group(members: Iterable[tuple[str, int]]) -> SubjectGroup:
    found: dict[str, list[int]] = {"subject": [], "campaign": [], "tie": []}
    for what, key in sorted(members):
        found[what].append(key)
    return SubjectGroup(found["subject"], found["campaign"], found["tie"])
