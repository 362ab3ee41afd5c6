"""The work folder of a run: atomic records of finished steps, so that an interrupted run can be resumed."""

import os
import shutil
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from fanzha.base.errors import UsageError

T = TypeVar("T")
_CHUNK_BYTES = 1 << 20
_RESULT_KEY = ".run-key"  # in a folder of results: the key of the run that made them
_RESULTS = ("findings.parquet", "hits.parquet", "backtest.json", "report.html", "rejects.jsonl")


class _Record(msgspec.Struct):
    """A record: its value, and the checksums of its files by path. A checksum of both precedes it on disk."""

    value: msgspec.Raw
    files: dict[str, int]


class Journal:
    """Atomic, typed records below `<out>/.work`.

    A record names the files that its step wrote. They are flushed to disk before it. In a resumed run a record counts
    as missing if it or one of its files is damaged, so that the step is done again.
    """

    def __init__(self, out: Path, run_key: str) -> None:
        """Open the journal of a run; remove the work folder of another run (other inputs or options)."""
        self.out, self.folder = out, out / ".work"
        self._checksums: dict[Path, tuple[tuple[int, int, int], int]] = {}
        self.resumed = _read_key(self.folder / "run-key") == run_key
        if not self.resumed:
            shutil.rmtree(self.folder, ignore_errors=True)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self.folder / "run-key", run_key.encode())
        except OSError as error:
            why = error.strerror or str(error)
            fix = "name another folder, where you may write and there is room 请改用可写且有空间的文件夹"
            raise UsageError(f"{out}: results cannot be written there ({why}) 无法写入结果", fix=fix) from None

    def path(self, *parts: str) -> Path:
        """Return a path inside the run folder; its parent exists."""
        path = self.folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def subfolder(self, *parts: str) -> Path:
        """Return a folder inside the run folder; it exists."""
        folder = self.folder.joinpath(*parts)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def record(self, name: str, value: object, files: Iterable[Path] = ()) -> None:
        """Write a record atomically, after the files that it speaks of."""
        checksums = {str(path.relative_to(self.folder)): self._flush(path) for path in files}
        data = msgspec.json.encode(_Record(msgspec.Raw(msgspec.json.encode(value)), checksums))
        write_atomically(self.path(f"{name}.json"), b"%08x\n%s" % (zlib.crc32(data), data))

    def recall(self, name: str, type_: type[T]) -> T | None:
        """Return a record, or None if it does not exist, or if it or one of its files is damaged."""
        try:
            checksum, _, data = self.path(f"{name}.json").read_bytes().partition(b"\n")
            if checksum != b"%08x" % zlib.crc32(data):
                return None
            record = msgspec.json.decode(data, type=_Record)
            if not all(self._is_intact(name, checksum) for name, checksum in record.files.items()):
                return None
            return msgspec.json.decode(record.value, type=type_)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def _flush(self, path: Path) -> int:
        """Flush a file to disk and return its checksum."""
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        return self._checksum(path)

    def _is_intact(self, name: str, checksum: int) -> bool:
        try:
            return self._checksum(self.folder / name) == checksum
        except OSError:
            return False

    def _checksum(self, path: Path) -> int:
        """Return the CRC-32 of a file, computed once as long as the file is not written again."""
        status = path.stat()
        state = status.st_ino, status.st_size, status.st_mtime_ns
        if self._checksums.get(path, (None, 0))[0] != state:
            self._checksums[path] = state, compute_checksum(path)
        return self._checksums[path][1]

    def finish(self, result_key: str) -> None:
        """Note whose results are in the folder, then close."""
        write_atomically(self.out / _RESULT_KEY, result_key.encode())
        self.close()

    def close(self) -> None:
        """Remove the run folder: the run is complete."""
        shutil.rmtree(self.folder)


def require_own_folder(out: Path, run_key: str, result_key: str) -> None:
    """Raise UsageError if the folder holds results of a run with another result key, or work of one with another key.

    A run that was interrupted has the same run key and is resumed; one that is repeated replaces its own results.
    """
    unfinished = _read_key(out / ".work" / "run-key")
    has_results = any((out / name).is_file() for name in _RESULTS)
    if unfinished == run_key or (not unfinished and (not has_results or _read_key(out / _RESULT_KEY) == result_key)):
        return
    what = "an unfinished run" if unfinished else "the results of another run"
    what_zh = "未完成的另一次运行" if unfinished else "另一次运行的结果"
    raise UsageError(
        f"{out} holds {what}: other input, settings or options 其中有{what_zh}",
        fix="name another folder, or give --force to replace it 请另选文件夹，或加 --force 覆盖",
    )


def _read_key(path: Path) -> str:
    """Return a key on disk, or "" if there is none."""
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError):
        return ""


def compute_checksum(path: Path) -> int:
    """Return the CRC-32 of a file."""
    value = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            value = zlib.crc32(chunk, value)
    return value


def write_atomically(path: Path, data: bytes) -> None:
    """Write a temporary file, flush it to disk and rename it; remove it if that fails."""
    beside = path.with_name(path.name + ".part")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
