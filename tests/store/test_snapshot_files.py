"""What `current` names is mapped, and nothing else: wrong names, other files and half files are refused."""

from pathlib import Path

import msgspec
import pytest
from tests.claims.snapshots import base

from fanzha.base.errors import UsageError
from fanzha.claims.snapshot import DamagedSnapshot
from fanzha.store.snapshot_files import CurrentSnapshot, NamedFile, map_file, map_named_file, read_current


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
