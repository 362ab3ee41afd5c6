"""An attempt is the call_offered event that rules read; what the network does not say is unknown."""

from fanzha.events import all_events
from fanzha.screen.attempt import Attempt
from fanzha.screen.live.offered import event_id, fields_of

FULL = Attempt(5, "a", "017000000001", "02100000000", "TG-1", "voip", True, "9", "02100000001", True, "A")


def test_every_field_is_a_column_of_the_event() -> None:
    columns = {column.name: column for column in all_events()["call_offered"].columns}
    fields = fields_of(FULL, "+8617000000001", "+862100000000")
    assert set(fields) <= set(columns)
    assert all(not columns[name].values or value in columns[name].values for name, value in fields.items())


def test_numbers_are_as_normalised_and_proven_only_where_the_trunk_proves_them() -> None:
    fields = fields_of(FULL, "+8617000000001", "+862100000000")
    assert (fields["caller"], fields["proven_caller"], fields["callee"]) == ("+8617000000001",) * 2 + ("+862100000000",)
    assert "proven_caller" not in fields_of(FULL._replace(own=False), "+8617000000001", "+862100000000")


def test_what_is_no_number_is_as_signalled_and_proves_nothing() -> None:
    fields = fields_of(Attempt(5, "a", "alice", "bob", own=True), "", "")
    assert fields == {
        "call_id": "a",
        "event_id": event_id("a", 5),
        "source": "screen",
        "caller": "alice",
        "callee": "bob",
    }


def test_the_same_attempt_is_the_same_event_at_every_replay_and_a_later_one_another() -> None:
    assert event_id("a", 5) == event_id("a", 5)
    assert len({event_id("a", 5), event_id("a", 6), event_id("b", 5)}) == 3
