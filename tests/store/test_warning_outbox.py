"""The outbox loses no warning and sends none twice, also across kills, and keeps no number longer than it must."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fanzha.base.words import Words
from fanzha.store import warning_outbox
from fanzha.store.warning_outbox import (
    IN_FLIGHT_MS,
    RETENTION_MS,
    OutcomeKind,
    OutgoingWarning,
    PartState,
    QueuedWarning,
    WarningOutbox,
    open_outbox,
    outbox_path,
)

WARNING = OutgoingWarning(
    "01J/3/text/0", "text", "+8617000000900", Words("请勿转账", "Do not pay"), 1_000, 301_000, "fake_loan",
    wording="fake_loan/1",
)  # fmt: skip


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[WarningOutbox]:
    with open_outbox(tmp_path) as made:
        yield made


def take(outbox: WarningOutbox) -> QueuedWarning:
    """Add the warning and return it as the sender gets it."""
    outbox.add([WARNING])
    (queued,) = outbox.select_due(["text"], 2_000)
    return queued


def kinds(outbox: WarningOutbox) -> list[OutcomeKind]:
    return [outcome.kind for outcome in outbox.outcomes()]


def test_a_key_is_added_once_and_comes_out_as_it_went_in(outbox: WarningOutbox) -> None:
    assert (outbox.add([WARNING]), outbox.add([WARNING])) == (1, 0)
    (queued,) = outbox.select_due(["text", "flash_sms"], 2_000)
    assert queued.warning == WARNING
    assert not outbox.select_due(["voice"], 2_000) and not outbox.select_due(["text"], 999)


def test_a_part_is_begun_once(outbox: WarningOutbox) -> None:
    queued = take(outbox)
    assert outbox.begin(queued.id) and not outbox.begin(queued.id)
    outbox.retract(queued.id, 1, 5_000)
    assert not outbox.select_due(["text"], 4_999) and outbox.select_due(["text"], 5_000)[0].attempts == 1
    assert outbox.begin(queued.id)


def test_what_a_killed_sender_had_begun_is_unknown_and_not_sent_again(outbox: WarningOutbox, tmp_path: Path) -> None:
    queued = take(outbox)
    outbox.begin(queued.id)
    with open_outbox(tmp_path) as after:
        assert after.recover() == 1
        assert not after.begin(queued.id)
        after.end_message(queued.id, 3_000)
        (outcome,) = after.outcomes()
    assert outcome.kind is OutcomeKind.UNKNOWN and "stopped meanwhile" in outcome.details["problem"]


def test_all_parts_must_arrive(outbox: WarningOutbox) -> None:
    queued = take(outbox)
    for part in (1, 2):
        outbox.begin(queued.id, part)
        outbox.end_part(queued.id, part, PartState.ACCEPTED, message_id=f"m{part}")
    outbox.end_message(queued.id, 3_000)
    outbox.record_receipt("m2", 4_000, is_delivered=True)
    assert kinds(outbox) == [OutcomeKind.SENT]
    outbox.record_receipt("m1", 5_000, is_delivered=True)
    outbox.record_receipt("m1", 5_001, is_delivered=False, problem="a repeat")
    assert kinds(outbox) == [OutcomeKind.SENT, OutcomeKind.DELIVERED]
    assert outbox.outcomes()[0].wording == "fake_loan/1" and outbox.outcomes()[0].details["message_ids"] == "m1 m2"


def test_a_receipt_that_comes_before_the_answer_is_kept_for_it(outbox: WarningOutbox) -> None:
    queued = take(outbox)
    outbox.record_receipt("m1", 2_500, is_delivered=False, problem="EXPIRED 001")
    outbox.begin(queued.id)
    outbox.end_part(queued.id, 1, PartState.ACCEPTED, message_id="m1")
    assert kinds(outbox) == []
    outbox.end_message(queued.id, 3_000)
    assert kinds(outbox) == [OutcomeKind.SENT, OutcomeKind.UNDELIVERED]
    assert outbox.outcomes()[1].details == {"problem": "EXPIRED 001"}


def test_a_refused_part_fails_the_warning(outbox: WarningOutbox) -> None:
    queued = take(outbox)
    outbox.begin(queued.id)
    outbox.end_part(queued.id, 1, PartState.REFUSED, problem="the SMSC refused it: ESME_RINVDSTADR")
    outbox.end_message(queued.id, 3_000)
    assert kinds(outbox) == [OutcomeKind.FAILED]


def test_a_warning_that_is_too_late_is_not_sent_any_more(outbox: WarningOutbox) -> None:
    queued = take(outbox)
    assert outbox.expire(300_999) == 0 and outbox.expire(301_000) == 1
    assert kinds(outbox) == [OutcomeKind.FAILED] and not outbox.select_due(["text"], 301_000)
    outbox.end(queued.id, OutcomeKind.SENT, 302_000)
    assert kinds(outbox) == [OutcomeKind.FAILED], "an ended warning ended again"


def test_a_call_on_the_line_when_its_time_ends_keeps_its_result(outbox: WarningOutbox) -> None:
    queued = take(outbox)
    outbox.begin(queued.id)
    assert outbox.expire(302_000) == 0
    outbox.end(queued.id, OutcomeKind.CALLED, 400_000, {"call_back": "yes"})
    assert [(outcome.kind, outcome.details) for outcome in outbox.outcomes()] == [
        (OutcomeKind.CALLED, {"call_back": "yes"})
    ]


def test_a_begun_warning_does_not_wait_for_ever(outbox: WarningOutbox) -> None:
    outbox.begin(take(outbox).id)
    assert outbox.expire(301_000 + IN_FLIGHT_MS) == 1 and kinds(outbox) == [OutcomeKind.UNKNOWN]


def test_an_acknowledged_outcome_is_gone_and_the_next_has_another_id(outbox: WarningOutbox) -> None:
    queued = take(outbox)
    outbox.end(queued.id, OutcomeKind.SENT, 3_000)
    (first,) = outbox.outcomes()
    outbox.acknowledge(first.id)
    outbox.add([WARNING._replace(key="another")])
    outbox.end(outbox.select_due(["text"], 3_000)[0].id, OutcomeKind.SENT, 4_000)
    assert [outcome.id > first.id for outcome in outbox.outcomes()] == [True]


def test_numbers_and_texts_are_erased_once_sent(outbox: WarningOutbox, tmp_path: Path) -> None:
    queued = take(outbox)
    outbox.end(queued.id, OutcomeKind.SENT, 3_000)
    with open_outbox(tmp_path) as other:
        other.purge(3_000)
    assert outbox.truncate_log()
    data = b"".join(path.read_bytes() for path in outbox_path(tmp_path).parent.iterdir())
    assert b"17000000900" not in data and "请勿转账".encode() not in data


def test_the_log_is_emptied_once_nobody_reads_it(outbox: WarningOutbox, tmp_path: Path) -> None:
    queued = take(outbox)
    with open_outbox(tmp_path) as other:
        reader = other._connection
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM warning").fetchall()
        outbox.end(queued.id, OutcomeKind.SENT, 3_000)
        assert not outbox.truncate_log()
        reader.execute("COMMIT")
        assert outbox.truncate_log() and not outbox_path(tmp_path).with_name("outbox.sqlite3-wal").stat().st_size


def test_a_message_of_which_a_part_did_not_leave_in_time_has_failed(outbox: WarningOutbox) -> None:
    queued = take(outbox)
    outbox.begin(queued.id, 1, 2)
    outbox.end_part(queued.id, 1, PartState.ACCEPTED, message_id="m1")
    assert outbox.expire(301_000) == 1 and kinds(outbox) == [OutcomeKind.FAILED]
    assert not outbox.begin(queued.id, 2, 2), "a part of an ended warning was begun"


def test_a_message_that_was_only_planned_could_not_be_sent_in_time(outbox: WarningOutbox) -> None:
    queued = take(outbox)
    outbox.begin(queued.id, 1, 2)
    outbox.retract(queued.id, 1, 5_000)
    assert not outbox.is_begun(queued.id) and outbox.expire(301_000) == 1
    assert outbox.outcomes()[0].details == {"problem": "it could not be sent in time"}


def test_receipts_of_others_do_not_pile_up(outbox: WarningOutbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warning_outbox, "MOST_EARLY", 5)
    outbox.record_receipt("x" * 66, 1_000, is_delivered=True)
    for number in range(8):
        outbox.record_receipt(f"foreign {number}", 1_000 + number, is_delivered=True)
    assert count_early(outbox) == 5
    outbox.record_receipt("later", 1_010 + warning_outbox.EARLY_MS, is_delivered=True)
    assert count_early(outbox) == 1


def count_early(outbox: WarningOutbox) -> int:
    return int(outbox._connection.execute("SELECT count(*) FROM early_receipt").fetchone()[0])


def test_ended_warnings_stay_as_long_as_receipts_may_come(outbox: WarningOutbox) -> None:
    queued = take(outbox)
    outbox.end(queued.id, OutcomeKind.SENT, 3_000)
    assert outbox.purge(3_000 + RETENTION_MS) == 0 and outbox.purge(3_001 + RETENTION_MS) == 1
    assert outbox.count_waiting() == 0


def test_only_the_owner_of_the_state_folder_reads_it(outbox: WarningOutbox, tmp_path: Path) -> None:
    path = outbox_path(tmp_path)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_cancelled_warning_is_never_sent_and_one_that_has_left_is_not_cancelled(outbox: WarningOutbox) -> None:
    queued = take(outbox)
    assert outbox.cancel([WARNING.key, "another"], 3_000) == [WARNING.key]
    assert not outbox.begin(queued.id) and not outbox.select_due(["text"], 3_000)
    outbox.end_message(queued.id, 4_000)
    assert kinds(outbox) == [] and outbox.add([WARNING]) == 0
    outbox.add([WARNING._replace(key="second")])
    (second,) = outbox.select_due(["text"], 3_000)
    assert outbox.begin(second.id) and outbox.cancel(["second"], 3_000) == []
