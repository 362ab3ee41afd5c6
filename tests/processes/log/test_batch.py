"""Closing a batch chains it to the one before, numbers steps, and refuses what cannot be one batch."""

import pytest
from tests.processes.log.written import BEGAN, IDENTITY, draft, written

from fanzha.processes.log.batch import BatchHead, close_batch
from fanzha.processes.log.commitment import Personal


def test_each_batch_names_the_chain_hash_of_the_one_before() -> None:
    log = [closed.batch for closed in written([1, 3, 2])]
    assert [batch.number for batch in log] == [1, 2, 3]
    assert [batch.previous for batch in log] == [IDENTITY, log[0].head, log[1].head]
    assert [batch.count for batch in log] == [1, 3, 2]


def test_steps_count_the_entries_of_each_process_through_all_batches() -> None:
    entries = [entry for closed in written([3, 2]) for entry in closed.entries]
    assert [(entry.process, entry.step) for entry in entries] == [
        ("process-0", 1),
        ("process-1", 1),
        ("process-0", 2),
        ("process-0", 3),
        ("process-1", 2),
    ]
    (closed,) = (close_batch([draft(1)], BatchHead(0, IDENTITY), BEGAN, {}),)
    assert closed.entries[0].step == 0, "no process, no steps"


def test_a_batch_of_nothing_and_two_fields_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="holds 1 to"):
        close_batch([], BatchHead(0, IDENTITY), BEGAN, {})
    twice = draft(1)._replace(personal=(Personal("number", "a", 1), Personal("number", "b", {})))
    with pytest.raises(ValueError, match="same name"):
        close_batch([twice], BatchHead(0, IDENTITY), BEGAN, {})
