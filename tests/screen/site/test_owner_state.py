"""A memory follows from its log: replayed record by record, or from a state on, it is the same."""

from pathlib import Path

import pytest
from tests.claims.snapshots import AT

from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decider import Decider
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.event_log import EventLog, LogWriter, Record, RecordDecoder
from fanzha.screen.registrations import Registration, RegistrationResult, Registrations
from fanzha.screen.site.owner_state import OwnerState

CALLER = "+8617000000001"


def memory(folder: Path, run: str = "run") -> OwnerState:
    return OwnerState(Decider(EmergencyCalls()), EventLog(LogWriter(folder, waiting=100, days=1)), run)


def emergency_call(sequence: int, at: int = AT) -> Record:
    attempt = CallAttempt(at, f"c-{sequence}", CALLER, "120", "MSC-1", "mobile", True)
    return Record(sequence, at, "call", [list(attempt), ["allow", []], 12])


def test_calls_are_counted_again_from_the_log(tmp_path: Path) -> None:
    state = memory(tmp_path)
    state.apply(emergency_call(7))
    assert state.log.sequence == 7
    assert state.decider.emergency.may_be_called_back(CALLER, AT + 1)
    state.log.close(AT)


def test_from_a_state_on_it_is_the_same(tmp_path: Path) -> None:
    state, second = memory(tmp_path / "a"), memory(tmp_path / "b", "another run")
    state.apply(emergency_call(7))
    second.restore(state.save())
    assert (second.run, second.log.sequence) == ("run", 7)
    assert second.save() == state.save()
    for each_state in (state, second):
        each_state.log.close(AT)


def test_a_call_of_another_site_counts_here_when_it_arrives(tmp_path: Path) -> None:
    state, standby = memory(tmp_path / "a"), memory(tmp_path / "b")
    lines = list[bytes]()
    state.log.sinks.append(lines.append)
    state.add_remote_record(AT + 500, "north", "their run", emergency_call(900, AT))
    state.log.close(AT)
    assert state.decider.emergency.save() == {CALLER: AT + 500}
    for record in RecordDecoder().feed(b"".join(lines)):
        standby.apply(record)
    assert standby.remote_sites == {"north": ("their run", 900)}
    assert standby.decider.emergency.save() == {CALLER: AT + 500}
    standby.log.close(AT)


@pytest.mark.parametrize(
    "body", [None, [], [["too", "short"]], [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]], "text", [[None] * 11]]
)
def test_a_record_that_does_not_fit_is_counted_and_passed_over(tmp_path: Path, body: object) -> None:
    state = memory(tmp_path)
    state.apply(Record(1, AT, "call", body))
    state.apply(emergency_call(2))
    assert state.decider.emergency.may_be_called_back(CALLER, AT + 1)
    assert state.rejected == 1
    state.log.close(AT)


def test_a_state_of_another_format_is_refused(tmp_path: Path) -> None:
    owner_state = memory(tmp_path)
    state = bytearray(owner_state.save())
    state[1] = 99
    with pytest.raises(ValueError, match="format 99"):
        owner_state.restore(bytes(state))
    owner_state.log.close(AT)


def test_who_was_warned_is_known_from_the_log_and_from_a_state(tmp_path: Path) -> None:
    state, second = memory(tmp_path / "a"), memory(tmp_path / "b")
    for mark, end in (("told", "sent"), ("not told", "failed")):
        state.apply(Record(1, AT, "warning", ["c-1", "callee", "text", mark, end]))
    assert state.warning_history.save() == {"told": AT}
    second.restore(state.save())
    assert second.warning_history.was_recent("told", AT + 1, 2)
    for each_state in (state, second):
        each_state.log.close(AT)


def with_registrations(folder: Path) -> OwnerState:
    decider = Decider(EmergencyCalls(), registrations=Registrations())
    return OwnerState(decider, EventLog(LogWriter(folder, waiting=100, days=1)), "run")


def proof(state: OwnerState) -> int:
    assert state.decider.registrations is not None
    return state.decider.registrations.find(8617000000101, AT)


def test_registrations_reach_a_standby_by_the_log_and_a_restart_by_the_state(tmp_path: Path) -> None:
    owner, standby, restarted = (with_registrations(tmp_path / name) for name in "abc")
    lines = list[bytes]()
    owner.log.sinks.append(lines.append)
    row = Registration(8617000000101, "TH", AT, AT + 60_000)
    assert owner.add_registrations(AT, [row, row]) == [RegistrationResult.ADDED, RegistrationResult.KNOWN]
    owner.add_registrations(AT, [row])
    owner.log.close(AT)
    (record,) = RecordDecoder().feed(b"".join(lines))  # what is known already is not logged again
    standby.apply(record)
    restarted.restore(standby.save())
    assert [proof(state) for state in (owner, standby, restarted)] == [0, 0, 0]
    for state in (standby, restarted):
        state.log.close(AT)


@pytest.mark.parametrize("body", [None, [[]], [["x", "TH", 1, 2]], [[1, "??", 1, 2]], [[1, "TH", 1, 2**70]], "text"])
def test_registrations_of_another_shape_are_counted_and_skipped(tmp_path: Path, body: object) -> None:
    state = with_registrations(tmp_path)
    state.apply(Record(1, AT, "registrations", body))
    assert state.rejected == 1 and state.save()
    state.log.close(AT)
