"""Figures are stated with interval and n, and only from enough findings; own marks are left out of estimates."""

from datetime import timedelta

import pytest
from tests.command.people import World
from tests.command.reviews.factories import WANTED, drawn, findings, judge, mark_all, settled, viewers

from fanzha.command.reviews.models import ReviewItem, ReviewSample
from fanzha.command.reviews.results import (
    MIN_DECISIONS,
    GoldenAgreement,
    band_name,
    detector_precisions,
    estimate_false_share,
    golden_agreements,
    precision_by_band,
    summarize_sample,
    to_share,
)
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.command.web.viewer import Viewer
from fanzha.learn.agreement import Stratum


def test_a_settled_sample_states_kappa_and_precision(world: World) -> None:
    sample = settled(world, 40, wrong=2)
    with scoped_to(viewers(world)[0]):
        result = summarize_sample(sample)
    assert result is not None and result.share is not None and result.differing == 2
    assert (result.agreement.agreed, result.markers) == (
        38,
        ["carrier analyst", "carrier duty_officer", "carrier liaison"],
    )
    (figure,) = precision_by_band(result)
    assert (figure.detector, figure.band, figure.population) == ("made-up", "", 40)
    assert figure.precision.value == pytest.approx(0.75) and (figure.precision.low or 1) < 0.75


def test_nothing_is_stated_before_both_are_done(world: World) -> None:
    findings(world)
    sample, (first, _second, _third) = drawn(world), viewers(world)
    mark_all(sample, first, judge(sample))
    with scoped_to(first):
        assert summarize_sample(sample) is None and detector_precisions(first) == []


def test_bands_stand_below_their_detector_and_few_marks_state_no_share(world: World) -> None:
    findings(world, 40)
    findings(world, 12, score=0.6, first=100)
    sample, (first, second, _third) = drawn(world, WANTED._replace(size=52)), viewers(world)
    right = judge(sample)
    mark_all(sample, first, right)
    mark_all(sample, second, right)
    with scoped_to(first):
        result = summarize_sample(sample)
    assert result is not None
    whole, low, high = precision_by_band(result)
    assert (whole.band, low.band, high.band) == ("", "0.5–0.7", "0.9–1.0") and whole.precision.marked == 52
    assert low.precision == (12, 9, None, None, None) and high.precision.value == pytest.approx(0.75)
    assert band_name(0) == "0.0–0.5" and to_share([Stratum(9, MIN_DECISIONS - 1, 9)]).value is None


def test_an_estimate_leaves_out_what_the_viewer_marked_and_other_detectors(world: World) -> None:
    settled(world, 40, wrong=0)
    reviewer, analyst = world.viewer("carrier", Role.REVIEWER), viewers(world)[0]
    share = estimate_false_share(["made_up"], reviewer)
    assert share.value == pytest.approx(0.25) and (share.marked, share.counted) == (40, 10)
    assert (share.low or 1) < 0.25 < (share.high or 0)
    for detector, viewer in (("other", reviewer), ("made-up", analyst)):
        assert estimate_false_share([detector], viewer) == (0, 0, None, None, None)
    assert estimate_false_share(["made-up"], world.viewer("other_carrier", Role.REVIEWER)).marked == 0
    assert [figure.detector for figure in detector_precisions(analyst)] == ["made-up"]


def test_golden_cases_show_how_the_markers_judge_and_count_in_no_other_figure(world: World) -> None:
    settled(world, 12, wrong=1)
    findings(world, 40, first=100)
    people = [world.viewer("carrier", Role.INSPECTOR, Role.ANALYST), world.viewer("carrier", Role.CLERK, Role.ANALYST)]
    sample = drawn(world, WANTED._replace(size=52, golden=5))
    golden = ReviewItem._base_manager.filter(sample=sample).exclude(golden="")
    assert golden.count() == 0  # each finding of the earlier sample was drawn again
    findings(world, 30, first=200, detector="other")
    sample = drawn(world, WANTED._replace(size=30, detector="other", golden=5))
    items = {item.item: item.golden for item in ReviewItem._base_manager.filter(sample=sample)}
    assert len(items) == 35 and sum(map(bool, items.values())) == 5
    right = judge(sample)
    wrong = next(item for item, mark in items.items() if mark)
    mark_all(sample, people[0], right)
    assert _golden(sample, people[0]) == []
    mark_all(sample, people[1], right | {wrong: "unclear"})
    assert sample.settled_at and [row[1:] for row in _golden(sample, people[0])] == [(5, 5), (4, 5)]
    with scoped_to(people[0]):
        result = summarize_sample(sample)
    assert result is not None and result.agreement.rows == 30


def _golden(sample: ReviewSample, viewer: Viewer) -> list[GoldenAgreement]:
    with scoped_to(viewer):
        return golden_agreements(sample)


def test_items_left_out_and_samples_of_the_year_before_do_not_count(world: World) -> None:
    sample, reviewer = settled(world, 40, wrong=0), world.viewer("carrier", Role.REVIEWER)
    ReviewItem._base_manager.filter(item=min(judge(sample))).update(is_left_out=True)
    assert estimate_false_share(["made-up"], reviewer).marked == 39
    ReviewSample._base_manager.update(settled_at=(sample.settled_at or WANTED.since) - timedelta(days=400))
    assert estimate_false_share(["made-up"], reviewer).marked == 0
