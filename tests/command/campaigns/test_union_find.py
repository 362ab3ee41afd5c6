"""What belongs together does not depend on the order in which links came, nor on the batches they came in."""

from collections.abc import Iterable
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from fanzha.command.campaigns.union_find import SubjectGroup, components, merge_groups

links = st.lists(st.tuples(st.integers(0, 12), st.integers(100, 108)), max_size=40)


def reached(found: Iterable[tuple[int, int]], one: int) -> set[int]:
    """By hand: who can be reached from one subject by links."""
    seen, ties = {one}, set[int]()
    while True:
        more = {tie for subject, tie in found if subject in seen} - ties
        if not more:
            return seen
        ties |= more
        seen |= {subject for subject, tie in found if tie in ties}


@given(links, st.sets(st.integers(100, 108), max_size=2))
def test_components_are_who_can_be_reached_without_hubs(found: list[tuple[int, int]], hubs: set[int]) -> None:
    subjects = set(range(13))
    held = [(subject, tie) for subject, tie in found if tie not in hubs]
    together = components(found, subjects, hubs)
    assert {frozenset(one) for one in together} == {frozenset(reached(held, one)) for one in subjects}
    assert [len(one) for one in together] == sorted((len(one) for one in together), reverse=True)


class Campaigns:
    """Campaigns that grow batch by batch, as the database keeps them."""

    def __init__(self) -> None:
        self.of_subject: dict[int, int] = {}
        self.of_tie: dict[int, int] = {}
        self._next = 1

    def take(self, batch: list[tuple[int, int]]) -> None:
        placed = {subject: self.of_subject.get(subject) for subject, _ in batch}
        for group in merge_groups(placed, batch, {tie: self.of_tie.get(tie) for _, tie in batch}):
            self._keep(group)

    def _keep(self, group: SubjectGroup) -> None:
        kept, *merged = group.campaigns or [self._new()]
        for held in (self.of_subject, self.of_tie):
            held |= {key: kept for key, campaign in held.items() if campaign in merged}
        self.of_subject |= dict.fromkeys(group.subjects, kept)
        self.of_tie |= dict.fromkeys(group.ties, kept)

    def _new(self) -> int:
        self._next += 1
        return self._next

    def partition(self) -> set[frozenset[int]]:
        found: dict[int, set[int]] = {}
        for subject, campaign in self.of_subject.items():
            found.setdefault(campaign, set()).add(subject)
        return {frozenset(one) for one in found.values()}


@given(links, st.randoms(use_true_random=False))
def test_batch_by_batch_comes_to_the_same_as_all_at_once(found: list[tuple[int, int]], draw: Random) -> None:
    mixed = found[:]
    draw.shuffle(mixed)
    held = Campaigns()
    while mixed:
        size = draw.randint(1, len(mixed))
        batch, mixed = mixed[:size], mixed[size:]
        held.take(batch)
    assert held.partition() == {frozenset(one) for one in components(found, {subject for subject, _ in found})}


def test_the_oldest_campaign_comes_first_and_a_tie_brings_its_own() -> None:
    (group,) = merge_groups({1: 7, 2: None}, [(1, 100), (2, 100)], {100: 3})
    assert group == SubjectGroup([1, 2], [3, 7], [100])


def test_who_has_nothing_in_common_stands_alone() -> None:
    assert merge_groups({1: None, 2: 5}, [], {}) == [SubjectGroup([1], [], []), SubjectGroup([2], [5], [])]
