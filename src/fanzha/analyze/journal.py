"""The work folder of a run: atomic records of finished steps, so that an interrupted run can be resumed."""

import os
import shutil
from pathlib import Path
from typing import TypeVar

import msgspec

from fanzha.base.errors import UsageError

T = TypeVar("T")


class Journal:
    """Atomic, typed records below `<out>/.work`."""

    def __init__(self, out: Path, run_key: str) -> None:
        """Open the journal of a run; remove the work folder of another run (other inputs or options)."""
        self.folder = out / ".work"
        self.resumed = self._key_on_disk() == run_key
        if not self.resumed:
            shutil.rmtree(self.folder, ignore_errors=True)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self.folder / "run-key", run_key.encode())
        except OSError as error:
            why = error.strerror or str(error)
            fix = "name another folder, where you may write and there is room 请改用可写且有空间的文件夹"
            raise UsageError(f"{out}: results cannot be written there ({why}) 无法写入结果", fix=fix) from None

    def _key_on_disk(self) -> str:
        try:
            return (self.folder / "run-key").read_text()
        except OSError:
            return ""

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

    def record(self, name: str, value: object) -> None:
        """Write a record atomically."""
        write_atomically(self.path(f"{name}.json"), msgspec.json.encode(value))

    def recall(self, name: str, type_: type[T]) -> T | None:
        """Return a record, or None if it does not exist."""
        try:
            return msgspec.json.decode(self.path(f"{name}.json").read_bytes(), type=type_)
        except FileNotFoundError:
            return None

    def close(self) -> None:
        """Remove the run folder: the run is complete."""
        shutil.rmtree(self.folder)


def write_atomically(path: Path, data: bytes) -> None:
    """Write a temporary file, flush it to disk and rename it."""
    beside = path.with_name(path.name + ".part")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
