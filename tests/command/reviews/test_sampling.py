"""A draw is stratified, repeats by its seed, and stays within the organisation and the filter."""

from datetime import timedelta

import pytest
from tests.command.people import World
from tests.command.reviews.factories import WANTED, drawn, findings
from tests.command.subjects.factories import AT, finding_row, subject

from fanzha.command.audit.models import LogEntry
from fanzha.command.reviews.models import ReviewItem, ReviewSample
from fanzha.command.reviews.sampling import draw_sample
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.processes.refusal import Refusal


def ids(sample: ReviewSample) -> list[str]:
    return list(ReviewItem._base_manager.filter(sample=sample).values_list("finding_id", flat=True))


def test_the_same_seed_draws_the_same_findings_by_detector_and_band(world: World) -> None:
    findings(world, 60)
    findings(world, 20, detector="other", score=0.6, first=100)
    wanted = WANTED._replace(size=40)
    first, again, other = drawn(world, wanted), drawn(world, wanted), drawn(world, wanted, seed=8)
    assert ids(first) == ids(again) != ids(other) and len(set(ids(first))) == 40
    assert [(row["detector"], row["band"], row["population"]) for row in first.strata] == [
        ("made-up", 3, 60), ("other", 1, 20),
    ]  # fmt: skip
    assert sum(row["drawn"] for row in first.strata) == 40 and all(row["drawn"] >= 10 for row in first.strata)


def test_only_own_standing_findings_within_the_filter_are_drawn(world: World) -> None:
    findings(world, 12)
    findings(world, 3, detector="other", first=100)
    findings(world, 3, score=0.4, first=200)
    finding_row(world["carrier"], subject("+8617000000300"), found_at=AT + timedelta(days=2))
    finding_row(world["carrier"], subject("+8617000000301"), withdrawn_at=AT)
    finding_row(world["carrier"], subject("a.example", "website"))
    finding_row(world["other_carrier"], subject("+8617000000302"))
    sample = drawn(world, WANTED._replace(detector="made-up", kind="phone_number", score_from=0.5))
    assert sum(row["population"] for row in sample.strata) == 12 and len(ids(sample)) == 12


def test_a_real_organisation_draws_no_simulated_findings(world: World) -> None:
    findings(world, 12)
    finding_row(world["carrier"], subject("+8617000000300"), simulated=True)
    world["carrier"].simulated = False
    world["carrier"].save()
    assert sum(row["population"] for row in drawn(world).strata) == 12


def test_seed_and_filter_are_in_the_log(world: World) -> None:
    findings(world)
    sample = drawn(world)
    entry = LogEntry._base_manager.get(kind="sample_drawn")
    assert entry.about == sample.ref and '"seed":7' in entry.facts.replace(" ", "")


def test_who_may_not_draw_and_what_cannot_be_drawn_is_refused(world: World) -> None:
    analyst, reviewer = (world.viewer("carrier", role) for role in (Role.ANALYST, Role.REVIEWER))
    for viewer in (analyst, reviewer._replace(person=None)):
        with scoped_to(viewer), pytest.raises(Refusal, match="A reviewer must sign in"):
            draw_sample(WANTED, viewer)
    with scoped_to(reviewer), pytest.raises(Refusal, match="no finding matches"):
        draw_sample(WANTED, reviewer)
    for number in range(3):
        findings(world, 2, detector=f"d{number}", first=10 * number)
    with scoped_to(reviewer), pytest.raises(Refusal, match="3 strata"):
        draw_sample(WANTED._replace(size=2), reviewer)
