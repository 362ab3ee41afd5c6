"""What routes of the log tell is what stands in it, with names in the caller's language."""

import pytest
from tests.command.audit.records import AT, record

from fanzha.base.clock import from_ms
from fanzha.command.audit.log_state import log_state
from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.verification import verify_and_store
from fanzha.command.evidence.schemas import EntryOut, StateOut

pytestmark = pytest.mark.django_db


def test_an_entry_is_told_with_commitments_in_place_of_personal_values() -> None:
    record(1)
    row = LogEntry._base_manager.get()
    schema = EntryOut.of(row)
    assert (schema.batch, schema.position, schema.at) == (1, 0, from_ms(AT))
    assert schema.facts["count"] == 0 and len(schema.personal["number"]) == 64
    assert schema.digest == bytes(row.leaf).hex()


def test_the_state_is_told_with_the_last_check() -> None:
    record(2)
    verify_and_store()
    schema = StateOut.of(log_state())
    assert schema.check is not None and schema.check.entries == 2
    assert (schema.check.valid, schema.check.anchored_outside, schema.check.faults) == (False, False, [])
    assert "No folder outside" in schema.check.not_anchored_outside[0].capitalize()
    assert schema.check.not_checked[0] == "1: batches after the last anchor outside"
    assert (schema.batches, schema.anchored, schema.folders) == (1, 0, [])
