"""Honest apps stand beside those that serve fraud."""

from fanzha.detect._app.examples import EXAMPLES


def test_as_many_honest_apps_as_fraud_apps() -> None:
    found = [bool(example.finds) for example in EXAMPLES]
    assert found.count(True) >= 5 and found.count(False) >= 5
