"""Evidence files lie under their hash, and nothing half-written does."""

from hashlib import sha256
from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.store import evidence_files
from fanzha.store.evidence_files import delete_file, find_file, store_file


def test_a_file_is_found_by_its_hash_and_kept_once(tmp_path: Path) -> None:
    name = store_file([b"photo of ", b"a shop"], tmp_path)
    assert name == sha256(b"photo of a shop").hexdigest() == store_file([b"photo of a shop"], tmp_path)
    kept = find_file(name, tmp_path)
    assert kept is not None and kept.read_bytes() == b"photo of a shop"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


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
