"""Group subjects that share ties, directly or through other subjects (union-find). Pure functions.

Hubs, such as a trunk to another carrier or a platform's domain, join no subjects. The result does not depend on
the order or batches in which links arrive.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

N = TypeVar("N", bound=Hashable)


class UnionFind(Generic[N]):
    """Disjoint sets (union-find with path halving)."""

    def __init__(self) -> None:
        self._above: dict[N, N] = {}

    def find(self, item: N) -> N:
        """Return the representative of an item's set."""
        parents = self._above
        parents.setdefault(item, item)
        while parents[item] != item:
            parents[item] = parents[parents[item]]
            item = parents[item]
        return item

    def union(self, first: N, second: N) -> None:
        """Merge the sets of two items."""
        self._above[self.find(first)] = self.find(second)

    def groups(self) -> list[set[N]]:
        """Return all sets."""
        members: dict[N, set[N]] = {}
        for item in list(self._above):
            members.setdefault(self.find(item), set()).add(item)
        return list(members.values())


class SubjectGroup(NamedTuple):
    """Connected subjects, and the campaigns that they or their ties were in, oldest first."""

    subjects: list[int]
    campaigns: list[int]
    ties: list[int]


def components(links: Iterable[tuple[int, int]], subjects: Iterable[int], hubs: Collection[int] = ()) -> list[set[int]]:
    """Return the connected sets of subjects by links (subject, tie), largest first; hubs are ignored."""
    sets = UnionFind[tuple[str, int]]()
    for subject in subjects:
        sets.find(("subject", subject))
    for subject, tie in links:
        if tie not in hubs:
            sets.union(("subject", subject), ("tie", tie))
    subject_sets = [{key for kind, key in members if kind == "subject"} for members in sets.groups()]
    return sorted((members for members in subject_sets if members), key=lambda members: (-len(members), min(members)))


def merge_groups(
    placed: Mapping[int, int | None], links: Iterable[tuple[int, int]], campaign_of: Mapping[int, int | None]
) -> list[SubjectGroup]:
    """Return the groups of subjects and campaigns connected by new links; a campaign represents all its subjects.

    `placed` maps subjects to their campaign, or None; `campaign_of` does so for ties. Pass no
    subjects that a person placed.
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
    return sorted(map(_to_group, sets.groups()), key=lambda group: group.subjects)


def _to_group(members: Iterable[tuple[str, int]]) -> SubjectGroup:
    keys: dict[str, list[int]] = {"subject": [], "campaign": [], "tie": []}
    for kind, key in sorted(members):
        keys[kind].append(key)
    return SubjectGroup(keys["subject"], keys["campaign"], keys["tie"])
