"""A block in the zone ends exactly when its order ends."""

from tests.dispose.keys import ENDPOINT

from fanzha.dispose import Action, example_order
from fanzha.dispose._examples import GIVEN_AT
from fanzha.dispose.response_zone import CHANNEL

UNTIL = GIVEN_AT + 3 * 86_400_000 + 1_234


def test_a_block_ends_when_its_order_ends() -> None:
    order = example_order(Action.BLOCK_ACCESS, ("website", "bank-a.example"), ("website", "b.example"), until=UNTIL)
    decisions = CHANNEL.instruct(order, ENDPOINT, GIVEN_AT).decisions
    assert {decision.subject: decision.until for decision in decisions.values()} == {
        "bank-a.example": UNTIL,
        "b.example": UNTIL,
    }
