"""What is taken to propose a number is what is proposed; a moment has its zone."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from fanzha.base.words import Words
from fanzha.command.subjects.allowlist import ActiveEntry, AllowlistProposal, AllowlistStatus
from fanzha.command.subjects.allowlist_schemas import AllowlistProposalIn, AllowlistStatusOut

UNTIL = datetime(2099, 1, 1, tzinfo=UTC)
GIVEN: dict[str, Any] = {
    "origin_kind": "trunk",
    "origin": "MSC-1",
    "owner": "a hospital",
    "proof": "a contract",
    "until": UNTIL,
}


def test_what_is_given_is_proposed() -> None:
    assert AllowlistProposalIn(**GIVEN).to_proposal() == AllowlistProposal(
        "trunk", "MSC-1", "a hospital", "a contract", UNTIL
    )


@pytest.mark.parametrize(("field", "value"), [("origin_kind", "moon"), ("owner", ""), ("until", "2099-01-01T00:00:00")])
def test_what_cannot_be_is_refused(field: str, value: str) -> None:
    with pytest.raises(ValidationError):
        AllowlistProposalIn(**{**GIVEN, field: value})


def test_an_origin_is_told_in_both_languages() -> None:
    told = AllowlistStatusOut.of(AllowlistStatus([ActiveEntry("a hospital", Words("中继 M", "trunk M"), None)], []))
    assert told.dict()["held"] == [{"owner": "a hospital", "origin": {"zh": "中继 M", "en": "trunk M"}, "until": None}]
