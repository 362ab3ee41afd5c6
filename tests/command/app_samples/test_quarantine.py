"""Files lie masked, mode 600, under their hash; what is no package or too big is refused and leaves nothing."""

import hashlib
import stat
from pathlib import Path

import pytest

from fanzha.command.app_samples import quarantine
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.usefixtures("home")
DATA = b"PK\x03\x04" + b"hello" * 100


def test_a_file_lies_masked_and_comes_back_whole() -> None:
    name, size = quarantine.store_sample_file([DATA[:50], DATA[50:]])
    assert (name, size) == (hashlib.sha256(DATA).hexdigest(), len(DATA))
    path = quarantine.find_sample_file(name)
    assert path is not None and b"hello" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with quarantine.unmasked_copy(name) as copy:
        assert copy is not None and copy.read_bytes() == DATA and stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert not copy.exists()


def test_a_container_says_how_it_is_opened() -> None:
    name, _size = quarantine.store_sample_file([DATA])
    container = quarantine.build_container(name, {"package": "a.b"})
    assert container is not None and container.startswith(quarantine.MAGIC)
    _magic, head, body = container.split(b"\n", 2)
    assert b'"mask": 165' in head and bytes(value ^ 165 for value in body) == DATA


def test_what_is_refused_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(quarantine, "MAX_FILE_BYTES", 300)
    for chunks in ([b"no package"], [], [DATA]):
        with pytest.raises(Refusal):
            quarantine.store_sample_file(chunks)
    monkeypatch.setattr(quarantine, "MAX_FILE_BYTES", 3_000)
    monkeypatch.setattr(quarantine, "MAX_FOLDER_BYTES", 100)
    with pytest.raises(Refusal, match="full"):
        quarantine.store_sample_file([DATA])
    assert quarantine.list_sample_files() == []


def test_a_file_is_erased_once() -> None:
    name, _size = quarantine.store_sample_file([DATA])
    assert quarantine.erase_sample_file(name) and not quarantine.erase_sample_file(name)
    assert quarantine.build_container(name, {}) is None
    with quarantine.unmasked_copy(name) as copy:
        assert copy is None
    assert quarantine.find_sample_file("../../etc/passwd") is None
