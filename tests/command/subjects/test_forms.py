"""What is filled in becomes an opinion; without a reason there is none."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.subjects.forms import AllowlistForm, OpinionForm
from fanzha.processes.refusal import Reason, Refusal


def test_an_opinion_needs_a_level_and_a_reason() -> None:
    form = OpinionForm({"level": "angry", "reason": " "})
    assert not form.is_valid() and set(form.errors) == {"level", "reason"}


def test_what_is_filled_in_is_said() -> None:
    form = OpinionForm({"level": "watch", "reason": "seen twice", "days": "30", "fraud_type": "romance"})
    assert form.is_valid(), form.errors
    said = form.to_draft()
    assert (said.level, said.fraud_type, said.reason) == (Level.WATCH, "romance", Words("seen twice", "seen twice"))
    assert said.until is not None and abs(said.until - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)
    endless = OpinionForm({"level": "clear", "reason": "a shop"})
    assert endless.is_valid() and endless.to_draft().until is None


PROPOSED = {"ingress": "trunk", "trunk": "MSC-1", "owner": "a hospital", "proof": "a contract", "until": "2099-01-01"}


@pytest.mark.parametrize(
    ("more", "origin"), [({}, ("trunk", "MSC-1")), ({"ingress": "leased_line"}, ("ingress", "leased_line"))]
)
def test_what_is_proposed_names_its_origin_and_holds_to_the_end_of_the_day(
    more: dict[str, str], origin: tuple[str, str]
) -> None:
    form = AllowlistForm({**PROPOSED, **more})
    assert form.is_valid(), form.errors
    said = form.to_proposal()
    assert (said.origin_kind, said.origin) == origin
    assert timezone.localtime(said.until).isoformat()[:16] == "2099-01-02T00:00"


def test_what_is_refused_stands_beside_its_field() -> None:
    form = AllowlistForm(PROPOSED)
    words = Words("错", "wrong")
    form.refuse(Refusal(Reason.EVIDENCE, words, fields={"origin": words, "proof": words, "number": words}))
    form.refuse(Refusal(Reason.ROLE, words))
    assert set(form.errors) == {"trunk", "proof", "__all__"}
