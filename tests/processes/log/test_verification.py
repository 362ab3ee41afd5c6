"""Whatever is done to a row of the log is found, and the fault names the batch and, where it can be told, the entry."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.processes.log.written import IDENTITY, draft, end_of, faults, row, tables, written

from fanzha.processes.log import verification as found
from fanzha.processes.log.anchor import AnchorStatement, build_statement
from fanzha.processes.log.batch import BatchHead, ClosedBatch, close_batch
from fanzha.processes.log.entry import split_sequence_number
from fanzha.processes.log.verification import LogFault, LogRow, LogVerifier, StoredBatch

LOG = written([3, 1, 4, 2, 5])
SIZES = st.lists(st.integers(1, 9), min_size=1, max_size=6)
#: Another value of each column, whatever it was.
OTHERS: dict[str, Callable[[object], object]] = {
    **dict.fromkeys(("at", "step"), lambda old: int(str(old)) + 1),
    **dict.fromkeys(("kind", "actor", "organisation", "process", "about"), lambda old: f"{old}x"),
    "facts": lambda old: str(old).replace("approved", "refused"),
    "personal": lambda old: '{"number":["subject-9","00"]}' if old == "{}" else "{}",
    "leaf": lambda old: bytes(32),
}


def names(
    batches: list[StoredBatch], rows: list[LogRow], end: BatchHead | None = None
) -> list[tuple[int, int | None, str]]:
    return [(fault.batch, fault.position, fault.message.en) for fault in faults(batches, rows, end or end_of(LOG))]


@given(SIZES)
def test_a_log_as_it_was_written_has_no_fault(sizes: list[int]) -> None:
    log = written(sizes)
    verifier = LogVerifier(IDENTITY, expected_end=end_of(log))
    assert list(verifier.find_faults(*tables(log))) == []
    assert (verifier.batches, verifier.entries, verifier.end) == (len(sizes), sum(sizes), end_of(log))


@pytest.mark.parametrize("column", sorted(OTHERS))
@pytest.mark.parametrize("index", range(15))
def test_a_changed_entry_is_named(column: str, index: int) -> None:
    batches, rows = tables(LOG)
    old = rows[index]
    rows[index] = LogRow(**{**old._asdict(), column: OTHERS[column](getattr(old, column))})
    assert names(batches, rows) == [(*split_sequence_number(old.sequence_number), found.CHANGED.en)]


@pytest.mark.parametrize("value", [None, 5, "5", b"x", 1.5, "\ud800"])
@pytest.mark.parametrize("column", [name for name in LogRow._fields if name not in ("sequence_number", "leaf")])
def test_a_value_of_another_type_is_a_change_too(column: str, value: object) -> None:
    batches, rows = tables(LOG)
    rows[4] = LogRow(**{**rows[4]._asdict(), column: value})
    assert names(batches, rows) == [(*split_sequence_number(rows[4].sequence_number), found.CHANGED.en)]


def test_text_cannot_move_from_one_column_to_the_next_unseen() -> None:
    closed = close_batch([draft(1)._replace(facts={"a": {}, "personal": {}})], BatchHead(0, IDENTITY), 0, {})
    batches, (row,) = tables([closed])
    moved = row._replace(facts='{"a":{}', personal='{}},"personal":{}')
    same = f'"facts":{row.facts},"personal":{row.personal}'
    assert f'"facts":{moved.facts},"personal":{moved.personal}' == same, "what is hashed would be the same"
    assert names(batches, [moved], end_of([closed])) == [(1, 0, found.CHANGED.en)]


@given(SIZES, st.data())
def test_dropped_entries_are_named(sizes: list[int], data: st.DataObject) -> None:
    log = written(sizes)
    batches, rows = tables(log)
    dropped = data.draw(st.sets(st.integers(0, len(rows) - 1), min_size=1))
    remaining = [row for index, row in enumerate(rows) if index not in dropped]
    found_faults = faults(batches, remaining, end_of(log))
    assert [(fault.batch, fault.position) for fault in found_faults] == [
        split_sequence_number(rows[index].sequence_number) for index in sorted(dropped)
    ]
    assert {fault.message for fault in found_faults} == {found.DROPPED}


@given(SIZES, st.data())
def test_entries_that_changed_places_are_both_named(sizes: list[int], data: st.DataObject) -> None:
    log = written([2, *sizes])
    batches, rows = tables(log)
    pair = st.lists(st.integers(0, len(rows) - 1), min_size=2, max_size=2, unique=True)
    low, high = sorted(data.draw(pair))
    first, second = rows[low], rows[high]
    rows[low] = second._replace(sequence_number=first.sequence_number)
    rows[high] = first._replace(sequence_number=second.sequence_number)
    log_faults = faults(batches, rows, end_of(log))
    assert [(fault.batch, fault.position) for fault in log_faults] == [
        split_sequence_number(first.sequence_number),
        split_sequence_number(second.sequence_number),
    ]


@given(SIZES, st.data())
def test_rows_that_come_in_another_order_are_found(sizes: list[int], data: st.DataObject) -> None:
    log = written([2, *sizes])
    batches, rows = tables(log)
    mixed = data.draw(st.permutations(rows))
    assert bool(faults(batches, mixed, end_of(log))) == (mixed != rows)
    records = data.draw(st.permutations(batches))
    assert bool(faults(records, rows, end_of(log))) == (records != batches)


@given(SIZES, st.data())
def test_an_entry_put_in_is_found(sizes: list[int], data: st.DataObject) -> None:
    log = written(sizes)
    batches, rows = tables(log)
    batch = data.draw(st.integers(1, len(sizes)))
    position = data.draw(st.integers(0, 12))
    forged = close_batch([draft(77)] * (position + 1), BatchHead(batch - 1, IDENTITY), 0, {})
    new = row(forged.entries[-1], forged.leaves[-1])
    extended = sorted([*rows, new], key=lambda one: one.sequence_number)
    found_faults = faults(batches, extended, end_of(log))
    assert found_faults and found_faults[0].batch == batch
    if position >= sizes[batch - 1]:
        assert (batch, position, found.ADDED) in found_faults


def test_entries_of_a_batch_that_has_no_record_are_found() -> None:
    batches, rows = tables(LOG)
    stray = rows[-1]._replace(sequence_number=9 << 20)
    assert names(batches, [*rows, stray]) == [(9, 0, found.ADDED.en)]
    early = rows[0]._replace(sequence_number=0)
    assert names(batches, [early, *rows]) == [(0, 0, found.ADDED.en)]


@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize("column", ["entry_count", "root", "previous", "at", "head"])
def test_a_changed_record_of_a_batch_is_named(column: str, number: int) -> None:
    batches, rows = tables(LOG)
    old = batches[number - 1]
    new = getattr(old, column) + 1 if column in ("entry_count", "at") else "00" * 32
    batches[number - 1] = StoredBatch(**{**old._asdict(), column: new})
    found_faults = names(batches, rows)
    assert (number, None, found.BATCH_CHANGED.en) in found_faults
    assert {batch for batch, _, _ in found_faults} <= {number, number + 1}


@pytest.mark.parametrize("number", range(1, 5))
def test_a_record_made_anew_with_its_chain_hash_breaks_the_chain_behind_it(number: int) -> None:
    batches, rows = tables(LOG)
    inside = [one for one in rows if one.sequence_number >> 20 == number]
    forged = close_batch([draft(50)] * len(inside), BatchHead(number - 1, batches[number - 1].previous), 0, {})
    (record,), entries = tables([forged])
    batches[number - 1] = record
    others = [one for one in rows if one.sequence_number >> 20 != number]
    found_faults = names(batches, sorted([*others, *entries], key=lambda one: one.sequence_number))
    assert found_faults == [(number + 1, None, found.UNCHAINED.en)]


def test_an_entry_changed_together_with_its_digest_is_found_by_the_root() -> None:
    batches, rows = tables(LOG)
    forged = close_batch([draft(60)] * 3, BatchHead(0, IDENTITY), 0, {})
    rows[2] = row(forged.entries[2], forged.leaves[2])
    assert names(batches, rows) == [(1, None, found.REPLACED.en)]


@pytest.mark.parametrize("number", range(1, 6))
def test_a_dropped_batch_is_named(number: int) -> None:
    batches, rows = tables(LOG)
    left = (
        [one for one in batches if one.number != number],
        [one for one in rows if one.sequence_number >> 20 != number],
    )
    wrong = (number, None, found.BATCH_DROPPED.en) if number < 5 else (4, None, found.CUT.en)
    assert names(*left) == [wrong]


def test_batches_behind_the_end_are_found() -> None:
    batches, rows = tables(LOG)
    assert names(batches, rows, end_of(LOG[:3])) == [(4, None, found.BATCH_ADDED.en)]


def statement(log: list[ClosedBatch], number: int) -> AnchorStatement:
    heads = [closed.batch.head for closed in log[:number]]
    return build_statement(IDENTITY, BatchHead(number, heads[-1]), 0, heads, 0)


@pytest.mark.parametrize("length", range(5))
def test_a_log_cut_short_with_its_own_end_is_found_by_an_anchor(length: int) -> None:
    batches, rows = tables(LOG[:length])
    end = end_of(LOG[:length]) if length else BatchHead(0, IDENTITY)
    assert list(LogVerifier(IDENTITY, expected_end=end).find_faults(batches, rows)) == [], "by itself it is whole"
    found_faults = list(LogVerifier(IDENTITY, [statement(LOG, 5)], end).find_faults(batches, rows))
    assert found_faults == [LogFault(length, None, found.CUT)]


@given(st.integers(1, 5))
def test_a_log_written_anew_is_found_by_any_anchor_of_the_old_one(number: int) -> None:
    rewritten_log = written([3, 1, 4, 2, 5])
    assert faults(*tables(rewritten_log), end_of(rewritten_log)) == [], (
        "by itself it is whole: its salts alone are others"
    )
    found_faults = list(LogVerifier(IDENTITY, [statement(LOG, number)]).find_faults(*tables(rewritten_log)))
    assert found_faults == [LogFault(number, None, found.REWRITTEN)]


def test_a_fault_reads_in_both_languages() -> None:
    assert str(LogFault(3, 7, found.DROPPED)) == "批次 3 条目 7：条目缺失 | batch 3 entry 7: the entry is missing"
    assert (
        str(LogFault(3, None, found.CUT))
        == "批次 3：日志在此之后被截断 | batch 3: the log was cut off after this batch"
    )
