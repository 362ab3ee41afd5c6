"""A moment is written as ISO 8601 with its zone, and as nothing else."""

from datetime import UTC, datetime
from typing import Any

import pytest
from ninja import Schema
from pydantic import ValidationError

from fanzha.command.web.api.moments import Moment


class Asked(Schema):
    """A question with a moment in it."""

    at: Moment | None = None


@pytest.mark.parametrize("written", ["2026-03-02T08:00:00Z", "2026-03-02T16:00:00.0+08:00", "2026-03-02 08:00:00Z"])
def test_iso_8601_with_a_zone(written: str) -> None:
    assert Asked.model_validate({"at": written}).at == datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize("written", [0.5, 1_700_000_000, "1700000000", "0.5", "2026-03-02", "now", True, [], {}])
def test_numbers_and_days_are_no_moments(written: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        Asked.model_validate({"at": written})
    assert refused.value.errors()[0]["type"] == "datetime_parsing"


def test_a_moment_without_its_zone_is_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        Asked.model_validate({"at": "2026-03-02T08:00:00"})
    assert refused.value.errors()[0]["type"] == "timezone_aware"


def test_the_file_says_that_it_is_a_moment() -> None:
    assert {"type": "string", "format": "date-time"} in Asked.model_json_schema()["properties"]["at"]["anyOf"]
