"""What the state folder holds is its owner's alone, whole or not there, and written by one at a time."""

import os
import threading
from pathlib import Path

import pytest

from fanzha.store.private_files import (
    create_private_folder,
    delete_abandoned_parts,
    lock_folder,
    write_private_file,
)


def test_files_and_the_folders_made_for_them_are_their_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "rules" / "a.rule"
    old = os.umask(0)
    try:
        write_private_file(path, b"text")
    finally:
        os.umask(old)
    assert path.read_bytes() == b"text"
    assert [one.stat().st_mode & 0o777 for one in (path, path.parent, path.parent.parent)] == [0o600, 0o700, 0o700]


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    create_private_folder(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o750


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    write_private_file(path, b"old")

    def no_room(handle: int) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_room)
        with pytest.raises(OSError, match="no space"):
            write_private_file(path, b"new")
    assert path.read_bytes() == b"old" and [one.name for one in tmp_path.iterdir()] == ["a"]
    write_private_file(path, b"newer")
    assert path.read_bytes() == b"newer" and [one.name for one in tmp_path.iterdir()] == ["a"]


def test_temporary_files_of_killed_processes_are_deleted(tmp_path: Path) -> None:
    own, others = tmp_path / f".a.{os.getpid()}.part", tmp_path / "sub" / ".b.4194305.part"  # above the largest pid
    others.parent.mkdir()
    for path in (own, others, tmp_path / "c.part"):
        path.touch()
    assert delete_abandoned_parts(tmp_path) == 1
    assert own.exists() and not others.exists() and (tmp_path / "c.part").exists()


def test_writers_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "count"
    path.write_text("0")

    def add() -> None:
        for _ in range(20):
            with lock_folder(tmp_path):
                write_private_file(path, str(int(path.read_text()) + 1).encode())

    writers = [threading.Thread(target=add) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert path.read_text() == "80"
