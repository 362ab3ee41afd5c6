"""One line says what a look found."""

import pytest
from django.utils import timezone

from fanzha.command.captures.look_words import describe_look
from fanzha.command.captures.models import Capture

CASES = {
    "waits": ({"state": "waiting"}, "being looked at"),
    "failed": ({"state": "failed", "problem": "no answer"}, "nothing was seen (no answer)"),
    "innocent": ({"state": "seen"}, "no sign of fraud"),
    "phishing": (
        {"state": "seen", "asks": ["card"], "is_cloaked": True, "brand": "bank.example", "score": 0.9},
        "asks for card data; hides from some visitors; looks like bank.example; likeness to phishing pages 0.90",
    ),
}


@pytest.mark.parametrize(("facts", "words"), CASES.values(), ids=CASES)
def test_a_look_in_one_line(facts: dict[str, object], words: str) -> None:
    assert words in describe_look(Capture(host="a.example", asked_at=timezone.now(), **facts))
