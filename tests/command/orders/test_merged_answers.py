"""Rows that say the same of several targets are one answer; one that speaks of the whole leg makes it the whole leg."""

from fanzha.command.orders.merged_answers import merged, what
from fanzha.dispose import Answer, AnswerState, Proof, Target

ONE, OTHER = Target("phone_number", "+8617000001234"), Target("phone_number", "+8617000001235")


def said(state: AnswerState, *targets: Target, at: int = 1, reason: str = "", proof: Proof | None = None) -> Answer:
    return Answer(leg="o/1", state=state, at=at, targets=targets, reason=reason, proof=proof)


def proof(reference: str) -> Proof:
    return Proof(kind="system_record", at=1, reference=reference)


def test_what_is_said_of_one_target_each_is_said_of_both() -> None:
    rows = [
        said(AnswerState.EXECUTED, ONE, proof=proof("ticket 1")),
        said(AnswerState.FAILED, OTHER, reason="away"),
        said(AnswerState.EXECUTED, OTHER, at=2, proof=proof("ticket 2")),
    ]
    found = merged(rows)
    assert list(found) == [what(rows[0]), what(rows[1])] and found[what(rows[1])] is rows[1]
    one = found[what(rows[0])]
    assert (one.at, one.targets) == (2, (ONE, OTHER))
    assert one.proof is not None and one.proof.reference == "ticket 1; ticket 2"


def test_one_of_the_whole_leg_speaks_for_all() -> None:
    rows = [said(AnswerState.REFUSED, ONE, reason="a"), said(AnswerState.REFUSED, reason="b")]
    assert [(one.targets, one.reason) for one in merged(rows).values()] == [((), "a; b")]
