"""What is filled in becomes an opinion; without a reason there is none."""

from datetime import timedelta

from django.utils import timezone

from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.subjects.forms import OpinionForm


def test_an_opinion_needs_a_level_and_a_reason() -> None:
    form = OpinionForm({"level": "angry", "reason": " "})
    assert not form.is_valid() and set(form.errors) == {"level", "reason"}


def test_what_is_filled_in_is_said() -> None:
    form = OpinionForm({"level": "watch", "reason": "seen twice", "days": "30", "fraud_type": "romance"})
    assert form.is_valid(), form.errors
    said = form.saying()
    assert (said.level, said.fraud_type, said.reason) == (Level.WATCH, "romance", Words("seen twice", "seen twice"))
    assert said.until is not None and abs(said.until - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)
    endless = OpinionForm({"level": "clear", "reason": "a shop"})
    assert endless.is_valid() and endless.saying().until is None
