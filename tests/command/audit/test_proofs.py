"""Entries are proven by the leaves of their batches and by anchors; values are decrypted until a person is erased."""

import msgspec
import pytest
from django.utils import timezone
from tests.command.audit.records import draft, record

from fanzha.command.audit.anchors import make_anchor
from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.proofs import decrypt_values, group_by_batch, prove_batches
from fanzha.command.audit.recorder import recorded
from fanzha.command.audit.services import erase_person
from fanzha.command.web.scoping import unscoped


@pytest.fixture(autouse=True)
def all_is_seen(db: None) -> object:
    with unscoped("test"):
        yield


def entries() -> list[LogEntry]:
    return list(LogEntry.objects.order_by("place"))


def test_rows_become_the_entries_that_were_hashed() -> None:
    record(2, 1)
    batches = group_by_batch(entries())
    assert [entry.leaf for batch in batches.values() for entry in batch] == [bytes(row.leaf) for row in entries()]
    assert list(batches) == [1, 2]


def test_a_batch_is_proven_by_the_anchor_that_covers_it() -> None:
    record(2)
    first = make_anchor(timezone.now())
    record(3, 1)
    second = make_anchor(timezone.now())
    assert first is not None and second is not None
    proven = list(prove_batches(group_by_batch(entries())))
    assert [(batch.batch.number, batch.anchor.statement.number) for batch in proven] == [(1, 1), (2, 3), (3, 3)]
    assert [len(batch.entries) for batch in proven] == [2, 3, 1]


def test_an_entry_that_was_changed_is_not_proven() -> None:
    record(1)
    make_anchor(timezone.now())
    (entry,) = group_by_batch(entries())[1]
    with pytest.raises(ValueError, match="batch 1 entry 0 was changed"):
        list(prove_batches({1: [msgspec.structs.replace(entry, kind="another")]}))


def test_values_are_decrypted_until_their_person_is_erased() -> None:
    with recorded() as log:
        log.extend([draft(1), draft(2)])
    assert list(decrypt_values(entries()))
    for person in {disclosed.secret.person for disclosed in decrypt_values(entries())}:
        erase_person(person, basis="PIPL Art. 47", actor="", organization="")
    assert list(decrypt_values(entries())) == []
