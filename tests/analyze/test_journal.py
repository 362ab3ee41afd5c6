"""The journal keeps what is done, and only that."""

import os
from pathlib import Path

import msgspec
import pytest

from fanzha.analyze.journal import Journal, require_own_folder, write_atomically
from fanzha.base.errors import UsageError


class Point(msgspec.Struct):
    at: int
    state: bytes = b""


def test_a_record_comes_back_in_a_later_run_with_the_same_key(tmp_path: Path) -> None:
    Journal(tmp_path, "key").record("point", Point(3, b"\x00\xff"))
    again = Journal(tmp_path, "key")
    assert again.resumed
    assert again.recall("point", Point) == Point(3, b"\x00\xff")


def test_a_record_never_made_is_none(tmp_path: Path) -> None:
    assert Journal(tmp_path, "key").recall("point", Point) is None


@pytest.mark.parametrize("keep", [0, 10, 50])
def test_a_truncated_record_counts_as_missing(keep: int, tmp_path: Path) -> None:
    journal = Journal(tmp_path, "key")
    journal.record("point", Point(3, b"state"))
    path = tmp_path / ".work" / "point.json"
    assert path.stat().st_size > keep
    os.truncate(path, keep)
    assert Journal(tmp_path, "key").recall("point", Point) is None


def test_a_record_with_any_changed_byte_counts_as_missing(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "key")
    part = journal.path("parts", "1")
    part.write_bytes(b"rows")
    journal.record("point", Point(3, b"state"), [part])
    path = tmp_path / ".work" / "point.json"
    data = path.read_bytes()
    for index in range(len(data)):
        path.write_bytes(data[:index] + bytes([data[index] ^ 4]) + data[index + 1 :])
        assert journal.recall("point", Point) is None


@pytest.mark.parametrize("damage", [b"", b"rowS", None])
def test_a_record_whose_file_is_damaged_counts_as_missing(damage: bytes | None, tmp_path: Path) -> None:
    journal = Journal(tmp_path, "key")
    path = journal.path("parts", "1")
    path.write_bytes(b"rows")
    journal.record("point", Point(3), [path])
    assert Journal(tmp_path, "key").recall("point", Point) == Point(3)
    path.unlink() if damage is None else path.write_bytes(damage)
    assert Journal(tmp_path, "key").recall("point", Point) is None


def test_a_file_that_is_written_again_is_recorded_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "key")
    path = journal.path("parts", "1")
    for rows in (b"rows", b"others"):
        path.write_bytes(rows)
        journal.record("point", Point(3), [path])
    assert Journal(tmp_path, "key").recall("point", Point) == Point(3)


def test_another_key_starts_from_nothing(tmp_path: Path) -> None:
    Journal(tmp_path, "key").record("point", Point(3))
    other = Journal(tmp_path, "other key")
    assert not other.resumed
    assert other.recall("point", Point) is None


@pytest.mark.parametrize("out", ["file", "file/below", "x" * 300, "/proc/out"])
def test_a_folder_that_cannot_be_made_is_a_usage_error(out: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="results cannot be written there"):
        Journal(tmp_path / out, "key")


def test_closing_removes_the_folder(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "key")
    journal.close()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_another_run_is_not_taken(tmp_path: Path) -> None:
    require_own_folder(tmp_path / "new", "key", "result")
    Journal(tmp_path, "key")
    require_own_folder(tmp_path, "key", "result")  # resumed
    with pytest.raises(UsageError, match="holds an unfinished run"):
        require_own_folder(tmp_path, "other key", "result")
    (tmp_path / "report.html").touch()
    Journal(tmp_path, "key").finish("result")
    require_own_folder(tmp_path, "key", "result")  # repeated
    with pytest.raises(UsageError, match="holds the results of another run"):
        require_own_folder(tmp_path, "key", "other result")


def test_a_folder_with_other_files_may_be_used_and_results_of_unknown_origin_are_kept(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    require_own_folder(tmp_path, "key", "result")
    (tmp_path / "findings.parquet").touch()
    with pytest.raises(UsageError, match="give --force"):
        require_own_folder(tmp_path, "key", "result")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "file"
    write_atomically(target, b"old")

    def full(descriptor: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old" and [path.name for path in tmp_path.iterdir()] == ["file"]
