"""What the API takes becomes what the service reads, and a score lies between 0 and 1."""

import pytest
from pydantic import ValidationError

from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.subjects.shapes import OpinionIn, SayingIn, ShareIn


def test_an_opinion_is_said_as_it_was_sent() -> None:
    told = OpinionIn.model_validate(
        {"kind": "website", "value": "pay.example", "level": "watch", "reason_en": "seen", "marking": "TLP:GREEN"}
    )
    said = told.saying()
    assert (said.level, said.reason, said.marking) == (Level.WATCH, Words("", "seen"), Marking.GREEN)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValidationError):
        SayingIn.model_validate({"level": "watch", "score": 1.5})
    with pytest.raises(ValidationError):
        ShareIn.model_validate({"receivers": ["R"], "purpose": "a case", "until": "2026-03-01T08:00:00"})
