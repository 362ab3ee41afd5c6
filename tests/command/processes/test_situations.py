"""What is stored of a situation comes back as it was."""

from fanzha.command.processes.situations import dump_situation, load_situation
from fanzha.processes.parties import Party
from fanzha.processes.situation import LegState, RunningTimer, Situation, StepRecord


def test_a_situation_comes_back_as_it_was() -> None:
    carrier = Party("CARRIER", "carrier")
    given = Situation(
        ref="R",
        process="order",
        version=1,
        owner=Party("CENTRE", "centre"),
        state="issued",
        entered_at=5,
        history=(StepRecord(number=1, event="draft", at=4, state="drafted", before=""),),
        legs=(LegState(id="1", receiver=carrier, state="sent", entered_at=5),),
        timers=(RunningTimer(id="t", deadline="expiry", due=9),),
        facts={"receivers": (carrier, carrier), "expires_at": 9, "action": "refuse", "holder": carrier},
    )
    assert load_situation(dump_situation(given)) == given
