"""What somebody was met for needs a check of the identity, and a letter its receipt."""

import pytest

from fanzha.command.notices.forms import DESK_RESULTS, DeliveryForm, DeskAppealForm
from fanzha.command.notices.models import DeliveryOutcome

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"result": "shop"}, "checked"),
        ({"result": "hotline"}, "checked"),
        ({"result": "letter"}, "note"),
        ({"result": "shop", "checked": "by heart"}, "checked"),
    ],
)
def test_a_delivery_without_its_proof_is_refused(data: dict[str, str], wrong: str) -> None:
    assert list(DeliveryForm(data).errors) == [wrong]


def test_every_result_becomes_an_attempt() -> None:
    for result, (route, outcome, _words) in DESK_RESULTS.items():
        form = DeliveryForm({"result": result, "checked": "passport", "note": "slip 1"})
        assert form.is_valid() and form.to_attempt()[1:] == (route, outcome, "passport", "slip 1")
    assert DESK_RESULTS["no_answer"][1] is DeliveryOutcome.FAILED


def test_an_appeal_at_the_counter_says_by_what_the_identity_was_checked() -> None:
    assert list(DeskAppealForm({"channel": "shop", "text": "a courier"}).errors) == ["checked"]
