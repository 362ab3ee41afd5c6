"""Evidence files lie under their hash, and nothing half-written does."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.store import evidence_files
from fanzha.store.evidence_files import (
    delete_file,
    delete_incomplete_files,
    delete_old_file,
    find_file,
    find_intact_file,
    list_old_files,
    store_file,
)


def test_a_file_is_found_by_its_hash_and_kept_once(tmp_path: Path) -> None:
    name = store_file([b"photo of ", b"a shop"], tmp_path)
    assert name == sha256(b"photo of a shop").hexdigest() == store_file([b"photo of a shop"], tmp_path)
    kept = find_file(name, tmp_path)
    assert kept is not None and kept.read_bytes() == b"photo of a shop"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("damage", [b"photo of", b"photo of a shoq"])
def test_a_damaged_file_is_no_evidence_and_the_operator_is_told(
    damage: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name = store_file([b"photo of a shop"], tmp_path)
    path = find_intact_file(name, tmp_path)
    assert path is not None and find_intact_file("a" * 64, tmp_path) is None and not caplog.records
    path.write_bytes(damage)
    assert find_intact_file(name, tmp_path) is None
    assert "restore it from a backup" in caplog.text and str(path) in caplog.text


def test_what_is_too_large_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_files, "MAX_BYTES", 10)
    with pytest.raises(UsageError, match="larger"):
        store_file([b"x" * 11], tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "g" * 64, "a" * 63])
def test_what_is_no_hash_names_no_file(name: str, tmp_path: Path) -> None:
    assert find_file(name, tmp_path) is None and not delete_file(name, tmp_path)


def test_a_forgotten_file_is_gone(tmp_path: Path) -> None:
    name = store_file([b"face"], tmp_path)
    assert delete_file(name, tmp_path)
    assert find_file(name, tmp_path) is None


def test_a_stored_file_and_its_names_are_flushed_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed = set[Path]()
    flush = os.fsync

    def record(handle: int) -> None:
        flushed.add(Path(os.readlink(f"/proc/self/fd/{handle}")))
        flush(handle)

    monkeypatch.setattr(os, "fsync", record)
    name = store_file([b"photo"], tmp_path)
    folder = tmp_path / "evidence"
    assert {folder, folder / name[:2]} < flushed and len(flushed) == 3


def test_a_file_written_again_meanwhile_is_not_deleted_as_old(tmp_path: Path) -> None:
    name = store_file([b"photo"], tmp_path)
    path = find_file(name, tmp_path)
    assert path is not None
    os.utime(path, (1_000, 1_000))
    assert list(list_old_files(2_000, tmp_path)) == [name]
    store_file([b"photo"], tmp_path)
    assert not delete_old_file(name, 2_000, tmp_path)
    assert find_file(name, tmp_path) == path
    os.utime(path, (1_000, 1_000))
    assert delete_old_file(name, 2_000, tmp_path) and not delete_old_file(name, 2_000, tmp_path)
    assert find_file(name, tmp_path) is None


def test_what_interrupted_writers_left_is_deleted_when_old(tmp_path: Path) -> None:
    name = store_file([b"photo"], tmp_path)
    part = tmp_path / "evidence" / "tmpabc.part"
    part.write_bytes(b"half")
    assert delete_incomplete_files(2_000, tmp_path) == 0
    os.utime(part, (1_000, 1_000))
    assert delete_incomplete_files(2_000, tmp_path) == 1
    assert not part.exists() and find_file(name, tmp_path) is not None
