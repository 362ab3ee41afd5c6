"""Scores and strata are hidden until both markers are done; times need a zone."""

import pytest
from pydantic import ValidationError
from tests.command.people import World
from tests.command.reviews.factories import drawn, settled

from fanzha.command.reviews.schemas import SampleIn, SampleOut


def test_scores_and_strata_are_hidden_while_it_is_marked(world: World) -> None:
    shown, hidden = SampleOut.of(settled(world, 12, wrong=0)), SampleOut.of(drawn(world))
    assert (hidden.score_from, hidden.strata, hidden.first) == (None, [], "")
    assert shown.score_from == 0 and shown.strata and shown.first


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValidationError, match="times need a zone"):
        SampleIn.model_validate({"size": 10, "since": "2026-03-01T00:00:00", "until": "2026-03-02T00:00:00Z"})
