"""A sample has a first day, a last day that is included, and a range of scores."""

from datetime import timedelta

import pytest
from tests.command.people import World
from tests.command.reviews.factories import findings

from fanzha.command.reviews.forms import MarkForm, SampleForm
from fanzha.command.web.roles import Role

VALUES = {"since": "2026-03-01", "until": "2026-03-02", "score_from": "0", "score_to": "1", "size": "20"}


def test_the_last_day_is_included_and_own_detectors_are_offered(world: World) -> None:
    findings(world)
    form = SampleForm(world.viewer("carrier", Role.REVIEWER), VALUES | {"detector": "made-up"})
    assert form.is_valid()
    wanted = form.to_request()
    assert wanted.until - wanted.since == timedelta(days=2) and wanted.detector == "made-up"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"until": "2026-02-28"}, "until"),
        ({"score_from": "0.9", "score_to": "0.5"}, "score_to"),
        ({"size": "9"}, "size"),
    ],
)
def test_an_empty_range_or_a_small_sample_is_refused_at_its_field(
    world: World, changes: dict[str, str], field: str
) -> None:
    assert SampleForm(world.viewer("carrier", Role.REVIEWER), VALUES | changes).errors.keys() == {field}


def test_a_mark_is_one_of_three() -> None:
    assert (
        MarkForm({"item": "m1", "mark": "unclear"}).is_valid() and not MarkForm({"item": "m1", "mark": "x"}).is_valid()
    )
