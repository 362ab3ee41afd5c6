"""The journal keeps what is done, and only that."""

from pathlib import Path

import msgspec
import pytest

from fanzha.analyze.journal import Journal, write_atomically
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


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "file"
    write_atomically(target, b"old")

    def full(descriptor: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
