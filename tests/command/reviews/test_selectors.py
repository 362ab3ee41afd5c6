"""Progress is counted without saying who agrees, and only open items of the own place are listed."""

from tests.command.people import World
from tests.command.reviews.factories import drawn, findings, judge, mark_all, viewers

from fanzha.command.reviews.selectors import (
    find_samples,
    list_detectors,
    list_open_items,
    own_progress,
    sample_progress,
)
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def test_open_items_become_fewer_and_end_with_the_last_mark(world: World) -> None:
    findings(world)
    sample, (first, second, third) = drawn(world), viewers(world)
    right = judge(sample)
    with scoped_to(first):
        assert len(list_open_items(sample, first)) == 12 and len(list_open_items(sample, first, limit=1)) == 1
    mark_all(sample, first, {item: right[item] for item in sorted(right)[:5]})
    with scoped_to(first):
        assert len(list_open_items(sample, first)) == 7 and own_progress(sample, first) == (12, 7)
        assert sample_progress(sample).marked == {"first": 5, "second": 0, "third": 0}
    mark_all(sample, first, right)
    mark_all(sample, second, right)
    with scoped_to(first):
        assert list_open_items(sample, first) == list_open_items(sample, third) == []
        assert own_progress(sample, third) == (0, 0) and own_progress(sample, first) == (12, 0)


def test_samples_and_detectors_are_those_of_the_organisation(world: World) -> None:
    findings(world)
    drawn(world)
    own, other = (world.viewer(name, Role.ANALYST) for name in ("carrier", "other_carrier"))
    with scoped_to(own):
        assert find_samples().count() == 1 and list_detectors(own) == ["made-up"]
    with scoped_to(other):
        assert find_samples().count() == 0 and list_detectors(other) == []
