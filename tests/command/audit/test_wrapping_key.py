"""The key that wraps the keys of persons is changed while values stay readable, and the old file goes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from tests.command.audit.records import record

from fanzha.base.errors import UsageError
from fanzha.command.audit import wrapping_key
from fanzha.command.audit.append_only import guard
from fanzha.command.audit.encryption import UndecryptableValue, unwrap_key
from fanzha.command.audit.models import LogHead, PersonKey
from fanzha.command.audit.sealed_values import encrypted_value_faults
from fanzha.command.audit.services import erase_person
from fanzha.command.audit.wrapping_key import change_wrapping_key, finish_change
from fanzha.store.state_folder import state_folder

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 28, tzinfo=UTC)


def key_file(name: str) -> Path:
    return state_folder() / "keys" / name


def last_batch() -> int:
    return LogHead.objects.get().number


def test_values_stay_readable_and_the_old_key_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrapping_key, "_BATCH", 2)
    record(5)
    guard(connection)
    before = {row.pk: bytes(row.wrapped or b"") for row in PersonKey.objects.all()}
    reported: list[int] = []
    assert change_wrapping_key(AT, "operator:test", reported.append) == 2
    assert reported == [2, 3] and len(before) == 3
    assert not key_file("evidence").exists() and key_file("evidence-2").stat().st_mode & 0o777 == 0o600
    assert all(row.wrapping_key == 2 and bytes(row.wrapped or b"") != before[row.pk] for row in PersonKey.objects.all())
    assert list(encrypted_value_faults(last_batch())) == []
    record(1)
    assert set(PersonKey.objects.values_list("wrapping_key", flat=True)) == {2}


def test_it_can_be_changed_again_and_erased_keys_stay_erased() -> None:
    record(3)
    assert erase_person("subject-0", basis="PIPL Art. 47", actor="", organization="") == 1
    assert [change_wrapping_key(AT, "a"), change_wrapping_key(AT, "a")] == [2, 3]
    assert PersonKey.objects.get(person="subject-0", erased_at__isnull=False).wrapped is None
    assert list(encrypted_value_faults(last_batch())) == []


def test_an_interrupted_change_is_continued(monkeypatch: pytest.MonkeyPatch) -> None:
    record(4)
    with monkeypatch.context() as patch:
        patch.setattr(wrapping_key, "finish_change", lambda report: None)
        change_wrapping_key(AT, "operator:test")
    record(1)  # a value that is written between is under the new key
    assert key_file("evidence").exists() and list(encrypted_value_faults(last_batch())) == []
    assert (finish_change(), finish_change()) == (2, 0)
    assert not key_file("evidence").exists() and list(encrypted_value_faults(last_batch())) == []


def test_another_machine_without_the_new_key_is_told_to_copy_it() -> None:
    record(1)
    change_wrapping_key(AT, "operator:test")
    copy = key_file("evidence-2").rename(key_file("kept"))
    with pytest.raises(UsageError, match="is missing") as error:
        record(1)
    assert "copy it" in str(error.value.fix)
    copy.rename(key_file("evidence-2"))


def test_a_key_under_a_number_that_is_not_its_own_is_not_read() -> None:
    record(1)
    row = PersonKey.objects.get()
    change_wrapping_key(AT, "operator:test")
    with pytest.raises(UndecryptableValue):
        unwrap_key(row)  # its old file is gone; another key was created under that name
