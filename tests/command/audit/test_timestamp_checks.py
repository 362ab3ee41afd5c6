"""Time-stamps are verified offline with the log; changed, misplaced and untrusted ones are named or counted."""

from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from tests.command.audit.anchored import files
from tests.command.audit.authority import Authority, AuthorityServer
from tests.command.audit.test_timestamp_requests import anchored, served

from fanzha.command.audit.models import AnchorTimestamp
from fanzha.command.audit.timestamp_checks import TimestampResult, check_timestamps
from fanzha.command.audit.timestamp_requests import stamp_newest_anchor

__all__ = ["served"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("socket_enabled")]


@pytest.fixture
def folder(served: tuple[AuthorityServer, Path]) -> Path:
    """The folder outside with a stamped anchor."""
    anchored()
    stamp_newest_anchor(timezone.now())
    return served[1]


def texts(result: TimestampResult) -> list[str]:
    return [str(fault) for fault in result.faults]


def test_both_copies_of_a_stamp_are_valid(folder: Path) -> None:
    result = check_timestamps(1)
    assert (result.valid, result.faults, result.unchecked) == (2, [], [])


def test_batches_after_the_last_stamp_are_counted(folder: Path) -> None:
    (number, words), *_ = check_timestamps(5).unchecked
    assert number == 4 and words.en == "batches after the last time-stamped anchor"


def test_a_changed_stamp_is_named_by_place(folder: Path) -> None:
    (anchor,) = files(folder)
    anchor.with_suffix(".tsr").write_bytes(b"changed")
    assert len(texts(check_timestamps(1))) == 1 and f"({anchor.stem}.tsr)" in texts(check_timestamps(1))[0]
    AnchorTimestamp.objects.update(response=b"changed")
    assert any("(database)" in text for text in texts(check_timestamps(1)))


def test_a_stamp_moved_to_another_anchor_is_named(folder: Path) -> None:
    anchored()
    first, second = files(folder)
    second.with_suffix(".tsr").write_bytes(first.with_suffix(".tsr").read_bytes())
    assert any("is not valid" in text and second.stem in text for text in texts(check_timestamps(2)))


def test_a_stamp_without_an_anchor_is_named(folder: Path) -> None:
    (anchor,) = files(folder)
    anchor.unlink()
    assert any("has no anchor beside it" in text for text in texts(check_timestamps(1)))


def test_without_a_trusted_root_stamps_are_counted_and_another_root_is_a_fault(
    folder: Path, home: Path, tmp_path: Path
) -> None:
    settings = home / "fanzha.toml"
    settings.write_text(settings.read_text().split("[site.timestamps]")[0])
    unchecked = {words.en.partition(":")[0]: number for number, words in check_timestamps(1).unchecked}
    assert unchecked == {"time-stamps without a trusted root": 2}
    other = Authority(tmp_path / "other")
    assert len(texts(check_timestamps(1, ca_file=str(other.ca_file)))) == 2


def test_an_anchor_that_claims_a_time_after_its_stamp_is_named(
    folder: Path, served: tuple[AuthorityServer, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from tests.command.audit.records import record

    from fanzha.command.audit.anchors import anchor_and_copy

    now = timezone.now() + timedelta(days=1)
    record(1)
    anchor_and_copy(now)
    stamp_newest_anchor(now)
    assert any("states a time after its time-stamp" in text for text in texts(check_timestamps(2)))


def test_an_anchor_that_claims_an_earlier_time_is_counted(folder: Path, served: tuple[AuthorityServer, Path]) -> None:
    from datetime import timedelta

    from tests.command.audit.records import record

    from fanzha.command.audit.anchors import anchor_and_copy

    now = timezone.now()
    record(1)
    anchor_and_copy(now - timedelta(days=30))
    stamp_newest_anchor(now + timedelta(minutes=11))
    unchecked = {words.en: number for number, words in check_timestamps(2).unchecked}
    assert unchecked["anchors with a time-stamp more than an hour after the time they state"] == 2


def test_a_text_in_the_column_of_responses_is_no_crash(folder: Path) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE evidence_anchortimestamp SET response = 'text'")
        assert any("is not valid" in text for text in texts(check_timestamps(1)))
