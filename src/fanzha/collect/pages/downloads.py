"""Copy the files that a page handed out into the evidence; the browser that names them is not trusted."""

import hashlib
import os
import re
import stat
from contextlib import suppress
from pathlib import Path

import msgspec

from fanzha.store.look_record import DownloadFacts, PersonaVisit

#: How many files a page may hand out to one persona, and how many bytes in all.
MOST_DOWNLOADS, MOST_DOWNLOAD_BYTES = 20, 150_000_000
_BLOCK = 1_048_576
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def store_downloads(visit: PersonaVisit, home: Path, folder: Path) -> PersonaVisit:
    """Copy the files of a visit into the evidence folder, under their SHA-256; nothing opens them.

    `home` is the folder that the browser may write to. The visit holds the names of the files there in place of their
    hashes.
    """
    stored, spare = [], MOST_DOWNLOAD_BYTES
    for download in visit.downloads[:MOST_DOWNLOADS]:
        digest, size = "", download.size
        if _GUID.fullmatch(download.sha256):
            with suppress(OSError):
                digest, size = _copy(home / "downloads", download.sha256, folder / "downloads", spare)
                spare -= size if digest else 0
        stored.append(DownloadFacts(download.url, download.name, size, digest))
    return msgspec.structs.replace(visit, downloads=tuple(stored))


def _copy(source_folder: Path, name: str, target_folder: Path, most_bytes: int) -> tuple[str, int]:
    """Copy and remove a regular file that lies in a folder itself; return its SHA-256 ("" if too large) and size.

    Links are not followed, neither at the file nor at its folder. Raise OSError for anything but such a file.
    """
    parent = os.open(source_folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent)
        with open(descriptor, "rb") as source:
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode) or facts.st_nlink != 1:
                raise OSError("no file of its own")
            os.unlink(name, dir_fd=parent)
            if facts.st_size > most_bytes:
                return "", facts.st_size
            target_folder.mkdir(mode=0o700, exist_ok=True)
            part, size, digest = target_folder / "part", 0, hashlib.sha256()
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
                while size < most_bytes and (block := source.read(min(_BLOCK, most_bytes - size))):
                    target.write(block)
                    digest.update(block)
                    size += len(block)
    finally:
        os.close(parent)
    part.rename(target_folder / digest.hexdigest())
    return digest.hexdigest(), size
