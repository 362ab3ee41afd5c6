"""The quarantine: files of apps under their SHA-256, mode 600, never executable, masked, within a budget of bytes.

A file is written with every byte XORed with a constant, so that no program opens, runs or deletes it by mistake; the
same form leaves the site, behind a line that says what it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fanzha.base.words import Words
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.private_files import create_private_folder
from fanzha.store.state_folder import state_folder

MAX_FILE_BYTES = 512 * 1024 * 1024
#: Of all organisations together.
MAX_FOLDER_BYTES = 50_000_000_000
MASK = 0xA5
MAGIC = b"FANZHA-QUARANTINE 1\n"
_TABLE = bytes(value ^ MASK for value in range(256))
_NAME = re.compile(r"[0-9a-f]{64}")
_STEP_BYTES = 1 << 20
TOO_BIG = Words(f"文件超过 {MAX_FILE_BYTES >> 20} MB", f"the file is larger than {MAX_FILE_BYTES >> 20} MB")
FULL = Words("样本库已满；请先清除旧样本", "the store of samples is full: erase old ones first")
NO_PACKAGE = Words("不是安卓安装包（ZIP 格式）", "it is no Android package: no zip file")


def store_sample_file(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Store a file; return its SHA-256 and size. Raise Refusal if it is no zip file, too big, or the store is full."""
    folder = create_private_folder(_folder())
    used = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    digest, size = hashlib.sha256(), 0
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)  # mode 600
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                if not size and not chunk.startswith(b"PK\x03\x04"):
                    raise _refuse(NO_PACKAGE)
                size += len(chunk)
                if size > MAX_FILE_BYTES:
                    raise _refuse(TOO_BIG)
                if used + size > MAX_FOLDER_BYTES:
                    raise _refuse(FULL)
                digest.update(chunk)
                file.write(chunk.translate(_TABLE))
            if not size:
                raise _refuse(NO_PACKAGE)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / digest.hexdigest())
    finally:
        temporary.unlink(missing_ok=True)
    return digest.hexdigest(), size


def _refuse(words: Words) -> Refusal:
    return Refusal(Reason.EVIDENCE, words, fields={"file": words})


def find_sample_file(sha256: str) -> Path | None:
    """Return the masked file of a sample, None if it is gone."""
    path = _folder() / sha256
    return path if _NAME.fullmatch(sha256) and path.is_file() else None


@contextmanager
def unmasked_copy(sha256: str) -> Iterator[Path | None]:
    """Yield a readable copy of a sample for the time of a reading, None if the file is gone. It is mode 600."""
    masked = find_sample_file(sha256)
    if masked is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix=".reading-", dir=_folder()) as folder:
        copy = Path(folder) / "sample.apk"
        with (
            masked.open("rb") as source,
            open(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
        ):
            while block := source.read(_STEP_BYTES):
                file.write(block.translate(_TABLE))
        yield copy


def build_container(sha256: str, about: dict[str, object]) -> bytes | None:
    """Return a sample as it leaves the site: a line that says what it is, a line of JSON, then the masked bytes."""
    masked = find_sample_file(sha256)
    if masked is None:
        return None
    head = json.dumps({**about, "sha256": sha256, "mask": MASK}, ensure_ascii=False).encode()
    return MAGIC + head + b"\n" + masked.read_bytes()


def erase_sample_file(sha256: str) -> bool:
    """Remove the file of a sample; return whether there was one."""
    path = find_sample_file(sha256)
    if path is not None:
        path.unlink(missing_ok=True)
    return path is not None


def list_sample_files() -> list[Path]:
    """Return the files of the quarantine."""
    return [path for path in _folder().glob("*") if _NAME.fullmatch(path.name)] if _folder().is_dir() else []


def _folder() -> Path:
    return state_folder() / "app-quarantine"
