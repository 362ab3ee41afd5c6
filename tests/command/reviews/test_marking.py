"""Two people mark blind, a third settles differences, and nobody marks what he decided on before."""

import pytest
from tests.command.campaigns.factories import campaign
from tests.command.people import World
from tests.command.reviews.factories import WANTED, drawn, findings, judge, mark_all, order, settled, viewers

from fanzha.command.audit.models import LogEntry
from fanzha.command.campaigns.models import CampaignAction
from fanzha.command.reviews.marking import (
    Place,
    count_open_differences,
    find_decided_items,
    find_place,
    mark_items,
    may_release,
    release_place,
)
from fanzha.command.reviews.models import ReviewItem
from fanzha.command.subjects.models import OpinionRow, Subject
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.processes.refusal import Refusal


def test_places_are_taken_in_turn_and_the_third_only_settles_differences(world: World) -> None:
    findings(world)
    sample = drawn(world)
    first, second, third = viewers(world)
    right = judge(sample)
    mark_all(sample, first, right)
    assert find_place(sample, first) is Place.FIRST and find_place(sample, second) is Place.SECOND
    other = dict.fromkeys(sorted(right)[:2], "unclear")
    mark_all(sample, second, right | other)
    assert sample.is_marked_twice and sample.settled_at is None and count_open(world, sample) == 2
    assert sorted(order(sample, third, "third")) == sorted(other)
    mark_all(sample, third, {item: right[item] for item in other})
    assert sample.settled_at and count_open(world, sample) == 0 and sample.third_id == third.person
    kinds = list(LogEntry._base_manager.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["sample_drawn", "sample_marked", "sample_marked", "sample_marked", "sample_settled"]


def count_open(world: World, sample: object) -> int:
    with scoped_to(world.viewer("carrier", Role.ANALYST)):
        return count_open_differences(sample)  # type: ignore[arg-type]


def test_without_differences_the_sample_is_settled_and_nobody_else_has_a_place(world: World) -> None:
    sample = settled(world, 12, wrong=0)
    assert sample.settled_at and sample.third is None
    assert find_place(sample, viewers(world)[2]) is None


def test_a_mark_may_change_until_the_last_one_is_made(world: World) -> None:
    findings(world)
    sample, (first, _second, _third) = drawn(world), viewers(world)
    items = sorted(judge(sample))
    mark_all(sample, first, {items[0]: "fraud"})
    mark_all(sample, first, {items[0]: "innocent"})
    assert ReviewItem._base_manager.get(item=items[0]).first == "innocent"
    mark_all(sample, first, dict.fromkeys(items[1:], "fraud"))
    with scoped_to(first), pytest.raises(Refusal, match="Your marks are complete"):
        mark_items(sample, {items[0]: "fraud"}, first)


def test_the_two_markers_have_different_orders(world: World) -> None:
    findings(world)
    sample, (first, second, _third) = drawn(world), viewers(world)
    orders = [order(sample, first, "first"), order(sample, second, "second")]
    assert orders[0] != orders[1] and sorted(orders[0]) == sorted(orders[1])


def test_a_key_another_role_and_another_sample_are_refused(world: World) -> None:
    findings(world)
    sample, (first, _second, _third) = drawn(world), viewers(world)
    item = min(judge(sample))
    executor = world.viewer("carrier", Role.EXECUTOR)
    cases = [
        (first._replace(person=None), {item: "fraud"}, "keys cannot"),
        (executor, {item: "fraud"}, "not a marker of this sample"),
        (first, {"m0": "fraud"}, "is not of this sample"),
        (first, {item: "maybe"}, "the mark 'maybe' is unknown"),
    ]
    for viewer, marks, words in cases:
        with scoped_to(viewer), pytest.raises(Refusal, match=words):
            mark_items(sample, marks, viewer)
    assert not ReviewItem._base_manager.exclude(first="").exists()


def test_own_earlier_decisions_are_left_out(world: World) -> None:
    findings(world)
    made = campaign(world["carrier"], 1, first=500)
    sample, (first, _second, _third) = drawn(world, WANTED._replace(size=13)), viewers(world)
    about = Subject._base_manager.get(value="+8617000000003")
    OpinionRow._base_manager.create(
        opinion_id="o", subject=about, owner=world["carrier"], level="watch", given_at=made.first_at,
        person_id=first.person,
    )  # fmt: skip
    CampaignAction._base_manager.create(
        campaign=made, together="t", action="confirm", person_id=first.person, revision=1, at=made.first_at
    )
    with scoped_to(first):
        assert len(find_decided_items(sample, first.person or 0)) == 2
    mark_all(sample, first, {min(judge(sample)): "fraud"})
    left_out = ReviewItem._base_manager.filter(sample=sample, is_left_out=True)
    assert left_out.count() == 2 and len(order(sample, first, "first")) == 11


def test_what_a_person_marked_in_an_earlier_sample_is_left_out(world: World) -> None:
    findings(world)
    earlier, (first, second, _third) = drawn(world), viewers(world)
    mark_all(earlier, first, judge(earlier))
    findings(world, 1, first=500)
    sample = drawn(world, WANTED._replace(size=13))
    with scoped_to(first):
        assert len(find_decided_items(sample, first.person or 0)) == 12
        assert find_decided_items(sample, second.person or 0) == set()


def test_who_decided_on_all_gets_no_place(world: World) -> None:
    findings(world)
    sample, (first, _second, _third) = drawn(world), viewers(world)
    for about in Subject._base_manager.all():
        OpinionRow._base_manager.create(
            opinion_id=about.ref, subject=about, owner=world["carrier"], level="watch", given_at=WANTED.since,
            person_id=first.person,
        )  # fmt: skip
    with scoped_to(first), pytest.raises(Refusal, match="already decided on all of these"):
        mark_items(sample, {min(judge(sample)): "fraud"}, first)
    sample.refresh_from_db()
    assert sample.first is None and not ReviewItem._base_manager.filter(is_left_out=True).exists()


def test_a_place_that_nobody_finishes_is_released(world: World) -> None:
    findings(world)
    sample, (first, second, third), reviewer = drawn(world), viewers(world), world.viewer("carrier", Role.REVIEWER)
    right = judge(sample)
    mark_all(sample, first, {min(right): "innocent"})
    assert not may_release(sample, Place.FIRST, second) and not may_release(sample, Place.SECOND, reviewer)
    with scoped_to(second), pytest.raises(Refusal, match="not yours"):
        release_place(sample, Place.FIRST, second)
    with scoped_to(reviewer):
        release_place(sample, Place.FIRST, reviewer)
    sample.refresh_from_db()
    assert sample.first is None and not ReviewItem._base_manager.exclude(first="").exists()
    assert LogEntry._base_manager.order_by("pk").last().kind == "sample_place_released"  # type: ignore[union-attr]
    mark_all(sample, second, right)
    mark_all(sample, third, {min(right): "fraud"})
    with scoped_to(third):
        release_place(sample, Place.SECOND, third)
    with scoped_to(reviewer), pytest.raises(Refusal):
        release_place(sample, Place.FIRST, reviewer)
    sample.refresh_from_db()
    assert sample.first_id == second.person and sample.first_at and sample.second is None


def test_who_drew_findings_of_certain_scores_marks_none(world: World) -> None:
    findings(world)
    reviewer = world.viewer("carrier", Role.REVIEWER)
    assert find_place(drawn(world), reviewer) is Place.FIRST
    assert find_place(drawn(world, WANTED._replace(score_from=0.8)), reviewer) is None
