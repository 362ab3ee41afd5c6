"""The answer for a look has its fields and nothing of its evidence."""

from django.utils import timezone

from fanzha.command.captures.models import Capture
from fanzha.command.captures.schemas import LookOut


def test_a_look_that_waits_has_no_score() -> None:
    answer = LookOut.of(Capture(ref="r", url="http://a.example/", host="a.example", asked_at=timezone.now()))
    assert answer.score is None and answer.asks == [] and answer.state == "waiting"
