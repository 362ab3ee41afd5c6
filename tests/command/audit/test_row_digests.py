"""Rows are hashed with their key, under a salt of the batch; JSON columns are hashed whatever the order of keys."""

from datetime import UTC, datetime

import numpy as np
import pytest
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.command.audit.models import LogEntry, RowDigests
from fanzha.command.audit.recorder import recorded
from fanzha.command.audit.row_checks import decode_facts
from fanzha.command.audit.row_digests import (
    DELETED,
    DIGESTED,
    derive_salt,
    digest_changes,
    digest_tables,
    hash_row,
    pack_digests,
    unpack_digests,
)
from fanzha.command.web.scoping import unscoped

FINDINGS = digest_tables()["subjects.findingrow"]


def test_a_digest_depends_on_salt_key_and_columns_but_not_on_the_order_of_json() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    row = (1, "suspected", at, {"b": 1, "a": b"bytes"}, None)
    digest = hash_row(b"salt", row)
    assert digest == hash_row(b"salt", (1, "suspected", at, {"a": memoryview(b"bytes"), "b": 1}, None))
    others = [hash_row(b"other", row), hash_row(b"salt", (2, *row[1:])), hash_row(b"salt", (*row[:-1], ""))]
    assert digest not in others and len(digest) == 32


def test_salts_differ_by_table_and_batch() -> None:
    verdicts = digest_tables()["subjects.verdictrow"]
    assert len({derive_salt(table, nonce) for table in (FINDINGS, verdicts) for nonce in (b"1", b"2")}) == 4


def test_packed_digests_are_read_back_and_a_row_that_is_gone_is_marked(world: World) -> None:
    row = finding_row(world["carrier"])
    digests = pack_digests(FINDINGS, {row.pk, row.pk + 7}, b"nonce")
    assert digests.keys.tolist() == [row.pk, row.pk + 7]
    assert digests.digests[1].tobytes() == DELETED != digests.digests[0].tobytes()
    again = unpack_digests(digests.content)
    assert np.array_equal(again.keys, digests.keys) and np.array_equal(again.digests, digests.digests)
    with pytest.raises(ValueError, match="40"):
        unpack_digests(digests.content[1:])


def test_many_rows_are_one_entry(world: World) -> None:
    keys = [finding_row(world["carrier"], subject(f"+86170000{number:05}")).pk for number in range(30)]
    with recorded() as log:
        log.digest("subjects.FindingRow", keys)
        log.digest("subjects.FindingRow", keys[:3])
    with unscoped("test"):
        entry = LogEntry.objects.get(kind=DIGESTED)
    assert decode_facts(entry.facts)["tables"]["subjects.findingrow"]["rows"] == 30
    assert RowDigests.objects.get().batch == entry.batch


def test_complete_tables_are_named_also_without_rows() -> None:
    batch = digest_changes({}, 0, ["subjects.findingrow"])
    assert batch.draft.facts["complete"] == ["subjects.findingrow"] and batch.rows == []
