"""A memory follows from its log: replayed record by record, or from a state on, it is the same."""

from pathlib import Path

import pytest
from tests.claims.snapshots import AT

from fanzha.screen.attempt import Attempt
from fanzha.screen.decider import Decider
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.event_log import Lines, Log, Record, Writer
from fanzha.screen.site.owner_state import Memory

CALLER = "+8617000000001"


def memory(folder: Path, run: str = "run") -> Memory:
    return Memory(Decider(EmergencyCalls()), Log(Writer(folder, waiting=100, days=1)), run)


def emergency_call(sequence: int, at: int = AT) -> Record:
    attempt = Attempt(at, f"c-{sequence}", CALLER, "120", "MSC-1", "mobile", True)
    return Record(sequence, at, "call", [list(attempt), ["allow", []], 12])


def test_calls_are_counted_again_from_the_log(tmp_path: Path) -> None:
    made = memory(tmp_path)
    made.apply(emergency_call(7))
    assert made.log.sequence == 7
    assert made.decider.emergency.may_be_called_back(CALLER, AT + 1)
    made.log.close(AT)


def test_from_a_state_on_it_is_the_same(tmp_path: Path) -> None:
    made, other = memory(tmp_path / "a"), memory(tmp_path / "b", "another run")
    made.apply(emergency_call(7))
    other.restore(made.save())
    assert (other.run, other.log.sequence) == ("run", 7)
    assert other.save() == made.save()
    for one in (made, other):
        one.log.close(AT)


def test_a_call_of_another_site_counts_here_when_it_arrives(tmp_path: Path) -> None:
    made, standby = memory(tmp_path / "a"), memory(tmp_path / "b")
    lines = list[bytes]()
    made.log.sinks.append(lines.append)
    made.other(AT + 500, "north", "their run", emergency_call(900, AT))
    made.log.close(AT)
    assert made.decider.emergency.save() == {CALLER: AT + 500}
    for record in Lines().feed(b"".join(lines)):
        standby.apply(record)
    assert standby.others == {"north": ("their run", 900)}
    assert standby.decider.emergency.save() == {CALLER: AT + 500}
    standby.log.close(AT)


@pytest.mark.parametrize(
    "body", [None, [], [["too", "short"]], [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]], "text", [[None] * 11]]
)
def test_a_record_that_does_not_fit_is_counted_and_passed_over(tmp_path: Path, body: object) -> None:
    made = memory(tmp_path)
    made.apply(Record(1, AT, "call", body))
    made.apply(emergency_call(2))
    assert made.decider.emergency.may_be_called_back(CALLER, AT + 1)
    assert made.refused == 1
    made.log.close(AT)


def test_a_state_of_another_format_is_refused(tmp_path: Path) -> None:
    made = memory(tmp_path)
    state = bytearray(made.save())
    state[1] = 99
    with pytest.raises(ValueError, match="format 99"):
        made.restore(bytes(state))
    made.log.close(AT)


def test_who_was_warned_is_known_from_the_log_and_from_a_state(tmp_path: Path) -> None:
    made, other = memory(tmp_path / "a"), memory(tmp_path / "b")
    for mark, end in (("told", "sent"), ("not told", "failed")):
        made.apply(Record(1, AT, "warning", ["c-1", "callee", "text", mark, end]))
    assert made.warned.save() == {"told": AT}
    other.restore(made.save())
    assert other.warned.lately("told", AT + 1, 2)
    for one in (made, other):
        one.log.close(AT)
