"""What `current` names is mapped, and nothing else: wrong names, other files and half files are refused."""

import fcntl
import os
from pathlib import Path

import msgspec
import pytest
from tests.claims.snapshots import base, delta

from fanzha.base.errors import UsageError
from fanzha.claims.snapshot import DamagedSnapshot, SnapshotEntry, SnapshotFile, check
from fanzha.claims.verdict import Level
from fanzha.store.snapshot_files import (
    CurrentSnapshot,
    NamedFile,
    last_named_sequence,
    load_file,
    load_named_file,
    map_file,
    map_named_file,
    read_current,
    read_sealed,
    recover_snapshots,
)


def test_nothing_published_is_no_error_and_garbage_is(tmp_path: Path) -> None:
    pointer = tmp_path / "current"
    assert read_current(pointer) is None
    pointer.write_bytes(b"{")
    with pytest.raises(UsageError, match="无法读取 it cannot be read"):
        read_current(pointer)


def test_a_pointer_comes_back_as_it_was(tmp_path: Path) -> None:
    current = CurrentSnapshot(sequence=7, base=NamedFile("a", "1"), deltas=(NamedFile("b", "2"),), confirmed_at=5)
    (tmp_path / "current").write_bytes(msgspec.json.encode(current))
    assert read_current(tmp_path / "current") == current
    assert [one.name for one in current.files] == ["a", "b"]


def test_a_file_is_mapped_when_it_is_the_one_that_is_named(tmp_path: Path) -> None:
    file = base({})
    (tmp_path / "one.snapshot").write_bytes(file.data)
    assert map_named_file(tmp_path, NamedFile("one.snapshot", file.identity)).identity == file.identity
    with pytest.raises(DamagedSnapshot, match="it is not the file that was published"):
        map_named_file(tmp_path, NamedFile("one.snapshot", "00" * 16))
    with pytest.raises(DamagedSnapshot, match="is no name of a file"):
        map_named_file(tmp_path, NamedFile("../one.snapshot", file.identity))


@pytest.mark.parametrize("size", [0, 10, 100])
def test_half_a_file_is_refused(tmp_path: Path, size: int) -> None:
    (tmp_path / "half").write_bytes(bytes(base({}).data)[:size])
    with pytest.raises((UsageError, DamagedSnapshot)):
        map_file(tmp_path / "half")
    with pytest.raises(UsageError, match="cannot be opened"):
        map_file(tmp_path / "none")


@pytest.mark.parametrize("sealed", [True, False])
def test_a_loaded_file_stays_as_it_was_when_the_file_is_truncated_or_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sealed: bool
) -> None:
    if not sealed:
        monkeypatch.delattr(os, "memfd_create")
    path, expected = tmp_path / "one.snapshot", base({("phone_number", "+8617000000001"): SnapshotEntry(Level.WATCH)})
    for change in (b"", b"x" * len(expected.data)):
        path.write_bytes(expected.data)
        loaded = load_named_file(tmp_path, NamedFile(path.name, expected.identity))
        with path.open("r+b") as file:
            file.write(change)
            file.truncate()
        check(loaded)
        assert loaded.data == expected.data and loaded.data.readonly


def test_loaded_memory_is_sealed_against_every_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    descriptors, close = list[int](), os.close
    monkeypatch.setattr(os, "close", descriptors.append)
    (tmp_path / "file").write_bytes(b"content")
    with (tmp_path / "file").open("rb") as file:
        data = read_sealed(file)
    monkeypatch.undo()
    (descriptor,) = descriptors
    seals = fcntl.fcntl(descriptor, fcntl.F_GET_SEALS)
    assert seals == fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
    with pytest.raises(PermissionError):
        os.pwrite(descriptor, b"X", 0)
    with pytest.raises(PermissionError):
        os.ftruncate(descriptor, 0)
    assert data.tobytes() == b"content"
    close(descriptor)


@pytest.mark.parametrize("size", [0, 10, 100])
def test_half_a_file_is_not_loaded(tmp_path: Path, size: int) -> None:
    (tmp_path / "half").write_bytes(bytes(base({}).data)[:size])
    with pytest.raises((UsageError, DamagedSnapshot)):
        load_file(tmp_path / "half")


def write(folder: Path, file: SnapshotFile, name: str) -> Path:
    path = folder / f"{name}-{file.identity[:8]}.snapshot"
    path.write_bytes(file.data)
    return path


def test_intact_files_make_a_snapshot_without_a_pointer(tmp_path: Path) -> None:
    first = base({})
    second = delta(first, first, {("phone_number", "+8617000000001"): SnapshotEntry(Level.WATCH)})
    third = delta(first, second, {("phone_number", "+8617000000001"): None})
    write(tmp_path, first, "base-00000001")
    write(tmp_path, second, "delta-00000002")
    newest = write(tmp_path, third, "delta-00000003")
    assert last_named_sequence(tmp_path) == 3
    (recovered,) = recover_snapshots(tmp_path)
    assert [file.identity for file in recovered.files] == [first.identity, second.identity, third.identity]
    assert recovered.current.sequence == 3 and [name.name for name in recovered.current.files][2] == newest.name
    newest.write_bytes(newest.read_bytes()[:-8])
    (recovered,) = recover_snapshots(tmp_path)
    assert [file.identity for file in recovered.files] == [first.identity, second.identity]


def test_a_damaged_base_recovers_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, base({}), "base-00000001")
    path.write_bytes(b"x" * path.stat().st_size)
    assert list(recover_snapshots(tmp_path)) == []
    assert last_named_sequence(tmp_path) == 1
