"""A situation tells its legs, its next deadline, and what may be done in it."""

from tests.processes.order_people import ANNA, AT, Running

from fanzha.processes import offers
from fanzha.processes.situation import RunningTimer


def test_a_leg_is_found_by_its_id() -> None:
    situation = Running().issued().situation
    leg = situation.leg("1")
    assert leg and leg.state == "sent"
    assert situation.leg("9") is None


def test_the_earliest_deadline_is_the_next() -> None:
    situation = Running().situation
    assert situation.next_due == AT + 600_000
    timers = (RunningTimer(id="1", deadline="a", due=30), RunningTimer(id="2", deadline="b", due=10))
    assert (
        type(situation)(
            ref="r", process="p", version=1, owner=situation.owner, state="s", entered_at=1, timers=timers
        ).next_due
        == 10
    )
    assert (
        type(situation)(ref="r", process="p", version=1, owner=situation.owner, state="s", entered_at=1).next_due
        is None
    )


def test_an_offer_is_allowed_or_says_why_not() -> None:
    running = Running()
    for offer in offers(running.process, running.situation, ANNA):
        assert offer.allowed is (offer.why_not is None)
