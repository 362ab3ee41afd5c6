"""Only anchors outside the database, signed by the pinned key, confirm the log."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.utils import timezone
from tests.command.audit.anchored import files
from tests.command.audit.anchored import outside as outside
from tests.command.audit.records import record

from fanzha.command.audit.anchor_files import write_anchor
from fanzha.command.audit.anchors import MAX_ANCHOR_DELAY, anchor_and_copy, make_anchor
from fanzha.command.audit.append_only import unguard
from fanzha.command.audit.models import LogAnchor, LogBatch, LogHead
from fanzha.command.audit.outside_anchors import load_anchors, unanchored_tail
from fanzha.command.audit.pinned_key import ForeignSigningKey, change_key, pin_key
from fanzha.command.audit.signing import public_key
from fanzha.command.audit.verification import UncheckedKind, VerificationStatus, verify_and_store
from fanzha.processes.log.anchor import build_statement, sign_statement
from fanzha.processes.log.batch import BatchHead
from fanzha.processes.log.verification import REWRITTEN
from fanzha.store.state_folder import state_folder

pytestmark = pytest.mark.django_db

FOREIGN = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "state"))
    state_folder().mkdir(exist_ok=True)


def status() -> VerificationStatus:
    return verify_and_store()[1].status


def rewrite_from_batch_2() -> None:
    """Rewrite the log from batch 2 as somebody does who owns the database, and anchor it again in the database."""
    unguard(connection)
    with connection.cursor() as cursor:
        for statement in (
            "DELETE FROM evidence_anchorcopy",
            "DELETE FROM evidence_loganchor",
            f"DELETE FROM evidence_personalfield WHERE entry_id >= {2 << 20}",
            f"DELETE FROM evidence_logentry WHERE place >= {2 << 20}",
            "DELETE FROM evidence_logbatch WHERE number >= 2",
            "UPDATE evidence_loghead SET number = 1, head = (SELECT head FROM evidence_logbatch WHERE number = 1)",
        ):
            cursor.execute(statement)
    record(2, organisation="organisation-2")
    make_anchor(timezone.now())


def sign_with_foreign_key(folder: Path) -> None:
    head = LogHead.objects.get()
    heads = list(LogBatch.objects.order_by("number").values_list("head", flat=True))
    statement = build_statement(head.identity, BatchHead(head.number, head.head), 0, heads, 0)
    public = FOREIGN.public_key().public_bytes_raw().hex()
    write_anchor(sign_statement(statement, public, FOREIGN.sign), folder)


def test_a_rewritten_log_is_found_by_the_anchor_outside(outside: Path) -> None:
    record(1, 2)
    anchor_and_copy(timezone.now())
    rewrite_from_batch_2()
    assert REWRITTEN in [fault.message for fault in verify_and_store()[1].faults]


def test_a_rewritten_log_is_not_valid_while_the_folder_is_missing_emptied_or_not_set(outside: Path) -> None:
    record(1, 2)
    anchor_and_copy(timezone.now())
    rewrite_from_batch_2()
    outside.rename(outside.with_name("away"))
    assert status() is VerificationStatus.NOT_ANCHORED_OUTSIDE
    outside.mkdir()
    assert status() is VerificationStatus.NOT_ANCHORED_OUTSIDE
    (state_folder() / "fanzha.toml").write_text("[site]\n")
    assert status() is VerificationStatus.NOT_ANCHORED_OUTSIDE


def test_an_anchor_of_a_foreign_key_in_the_folder_is_a_fault_and_does_not_count(outside: Path) -> None:
    record(1, 2)
    pin_key()
    sign_with_foreign_key(outside)
    _row, result = verify_and_store()
    assert result.status is VerificationStatus.NOT_VALID and "is not pinned (anchors)" in str(result.faults[0])
    assert "has no trusted anchor" in result.unanchored[0].en


def test_without_a_pinned_key_no_anchor_counts(outside: Path) -> None:
    record(1)
    sign_with_foreign_key(outside)
    anchors = load_anchors()
    assert anchors.last_outside == 0 and "no anchor key is pinned" in anchors.unanchored[0].en


def test_nothing_is_signed_by_a_key_that_is_not_pinned(outside: Path) -> None:
    record(1)
    pin_key()
    (state_folder() / "keys" / "anchors").write_bytes(bytes(32))
    with pytest.raises(ForeignSigningKey, match="is not the pinned key"):
        anchor_and_copy(timezone.now())
    assert not LogAnchor.objects.exists() and not files(outside)


def test_a_changed_key_counts_by_the_statement_of_the_old_key_alone(outside: Path) -> None:
    record(1)
    anchor_and_copy(timezone.now())
    kept = public_key()
    change_key(timezone.now(), "operator:x")
    anchor_and_copy(timezone.now())
    assert public_key() != kept and status() is VerificationStatus.VALID
    assert verify_and_store(key=kept)[1].status is VerificationStatus.VALID
    (state_folder() / "keys" / "anchors.pinned").write_text(f"{kept}\n")
    assert verify_and_store(key=kept)[1].status is VerificationStatus.VALID, "the statement lies in the folder too"
    for statement in outside.rglob("*.anchor-key"):
        statement.unlink()
    assert status() is VerificationStatus.NOT_VALID


def test_a_change_that_was_interrupted_is_finished_at_the_next_anchor(
    outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(1)
    with monkeypatch.context() as interrupted:
        interrupted.setattr("fanzha.command.audit.pinned_key.activate_next_key", lambda public: None)
        change = change_key(timezone.now(), "operator:x")
    assert public_key() == change.old
    anchor_and_copy(timezone.now())
    assert public_key() == change.new and status() is VerificationStatus.VALID


def test_a_broken_pin_file_is_a_fault(outside: Path) -> None:
    record(1)
    anchor_and_copy(timezone.now())
    (state_folder() / "keys" / "anchors.pinned").write_text("none\n")
    assert "the pinned key cannot be used" in str(verify_and_store()[1].faults[0])


def test_batches_that_wait_longer_than_an_hour_for_an_anchor_outside_are_not_confirmed(outside: Path) -> None:
    record(1)
    anchor_and_copy(timezone.now())
    record(1)
    assert unanchored_tail(1, 2, timezone.now()) == []
    (late,) = unanchored_tail(1, 2, timezone.now() + MAX_ANCHOR_DELAY + timedelta(minutes=1))
    assert "batches from 2 on" in late.en


def test_copies_that_a_folder_lost_are_counted(outside: Path) -> None:
    for _ in range(2):
        record(1)
        anchor_and_copy(timezone.now())
    files(outside)[0].unlink()
    _row, result = verify_and_store()
    assert result.status is VerificationStatus.VALID
    anchors = [item for item in result.unchecked if item.kind is UncheckedKind.ANCHORS]
    assert [(item.quantity, item.reason.en) for item in anchors] == [
        (1, "copies of anchors that the folders outside lack")
    ]
