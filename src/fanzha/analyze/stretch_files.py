"""The facts of a run in order, as Arrow files in its work folder: written once, read by memory mapping."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

OPEN_FILES = 32  # files of ids that stay mapped


class StretchFiles:
    """Two files for each stretch: its facts, and their ids with parties, which explanations read in any order."""

    def __init__(self, folder: Path) -> None:
        """Use the files of a folder, which exists."""
        self._folder = folder
        self._count = len(list(folder.glob("*.ids.arrow")))
        self._ids = lru_cache(OPEN_FILES)(lambda number: _read(self._path(number, "ids")))

    def __len__(self) -> int:
        """Return the number of stretches."""
        return self._count

    @property
    def paths(self) -> list[Path]:
        """All files."""
        return [self._path(number, part) for number in range(self._count) for part in ("facts", "ids")]

    def append(self, facts: pa.RecordBatch, ids: pa.RecordBatch) -> None:
        """Write one more stretch."""
        for part, batch in (("facts", facts), ("ids", ids)):
            with (
                pa.OSFile(str(self._path(self._count, part)), "wb") as sink,
                pa.ipc.new_file(sink, batch.schema) as file,
            ):
                file.write_batch(batch)
        self._count += 1

    def truncate(self, count: int) -> None:
        """Remove all but the first `count` stretches."""
        self._ids.cache_clear()
        for number in range(count, self._count):
            for part in ("ids", "facts"):
                self._path(number, part).unlink(missing_ok=True)
        self._count = min(count, self._count)

    def facts(self, number: int) -> pa.RecordBatch:
        """Return the facts of a stretch."""
        return _read(self._path(number, "facts"))

    def ids(self, number: int) -> pa.RecordBatch:
        """Return the ids and parties of the facts of a stretch."""
        return self._ids(number)

    def _path(self, number: int, part: str) -> Path:
        return self._folder / f"{number:06d}.{part}.arrow"


def _read(path: Path) -> pa.RecordBatch:
    source: Any = pa.memory_map(str(path))
    batch: pa.RecordBatch = pa.ipc.open_file(source).get_batch(0)
    return batch
