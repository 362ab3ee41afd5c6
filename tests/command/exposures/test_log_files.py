"""A file lies in the state folder with mode 600 until it is deleted; a broken upload leaves nothing."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.command.exposures import log_files

pytestmark = pytest.mark.usefixtures("home")


def test_a_file_is_stored_and_deleted() -> None:
    stored = log_files.store_log("A", [b"one", b"two"])
    path = log_files.log_path("A")
    assert stored == (sha256(b"onetwo").hexdigest(), 6) and path.read_bytes() == b"onetwo"
    assert path.stat().st_mode & 0o777 == 0o600
    log_files.delete_log("A")
    log_files.delete_log("A")
    assert not path.exists()


def test_an_empty_too_large_or_broken_file_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut() -> Iterator[bytes]:
        yield b"one"
        raise OSError("the connection broke")

    monkeypatch.setattr(log_files, "MAX_BYTES", 10)
    for chunks, error in (([], UsageError), ([b"a" * 11], UsageError), (cut(), OSError)):
        with pytest.raises(error):
            log_files.store_log("B", chunks)
    assert not list((home / "exposures").iterdir())
