"""Files of imports and their rejects: one folder per import in the state folder."""

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from fanzha.base.errors import UsageError
from fanzha.command.imports.tables.table import RowError
from fanzha.store.private_files import create_private_folder, flush_folder
from fanzha.store.state_folder import state_folder

#: A table of a whole country's ported numbers is about half of it.
MAX_BYTES = 2_000_000_000
_SUFFIX = re.compile(r"(\.[a-z]{2,8}){1,2}$")


class Upload(NamedTuple):
    """An uploaded file: path, digest and size in bytes."""

    path: Path
    sha256: str
    size: int


def store_upload(chunks: Iterable[bytes]) -> Upload:
    """Write an upload to a temporary file. Raise UsageError if it is too large or empty."""
    hasher, size = sha256(), 0
    with NamedTemporaryFile(dir=create_private_folder(_folder()), delete=False) as file:
        path = Path(file.name)
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > MAX_BYTES:
                    raise UsageError(f"the file is larger than {MAX_BYTES:,} bytes", fix="cut it into several")
                hasher.update(chunk)
                file.write(chunk)
            if not size:
                raise UsageError("the file is empty", fix="send the table itself")
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return Upload(path, hasher.hexdigest(), size)


def move_upload(upload: Upload, ref: str, file_name: str) -> None:
    """Move a file to its import's folder; its suffix is kept, because it names the format."""
    ending = _SUFFIX.search(file_name.casefold())
    folder = create_private_folder(_folder() / ref)
    shutil.move(upload.path, folder / f"table{ending[0] if ending else ''}")
    flush_folder(folder)


def discard_upload(upload: Upload) -> None:
    """Delete an upload that is a duplicate."""
    upload.path.unlink(missing_ok=True)


def upload_path(ref: str) -> Path:
    """Return the file of an import. Raise UsageError if it was deleted."""
    path = next((_folder() / ref).glob("table*"), None)
    if path is None:
        raise UsageError("the file is not on this machine", fix="hand it in again")
    return path


def rejects_path(ref: str) -> Path:
    """Return the path of the rejected rows of an import: one JSON object per line."""
    return create_private_folder(_folder() / ref) / "rejects.jsonl"


def append_rejects(ref: str, errors: Sequence[RowError]) -> None:
    """Append rejects; values are truncated and long numbers masked."""
    from fanzha.read import mask_value  # the readers load DuckDB and all of Arrow, which pages do not need

    with rejects_path(ref).open("a", encoding="utf-8") as file:
        for error in errors:
            reject = {
                "row": error.row,
                "column": error.column,
                "reason": error.why.en,
                "reason_zh": error.why.zh,
                "value": mask_value(error.value),
            }
            file.write(json.dumps(reject, ensure_ascii=False) + "\n")


def read_rejects(ref: str) -> Iterator[dict[str, str | int]]:
    """Yield the rejects of an import."""
    path = rejects_path(ref)
    if path.is_file():
        with path.open(encoding="utf-8") as file:
            yield from map(json.loads, file)


def _folder() -> Path:
    return state_folder() / "imports"
