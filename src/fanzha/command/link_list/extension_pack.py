"""Pack the browser extension with the address of a list, so that users need not type it."""

import io
import json
import re
import zipfile
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from fanzha import __version__

_AT = (2026, 1, 1, 0, 0, 0)  # the same files make the same archive


@lru_cache(maxsize=8)
def pack_extension(site: str) -> bytes:
    """Return the extension as a ZIP archive that takes its list from `site` (https://…/link-list, "" for none)."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in extension_files(site).items():
            archive.writestr(zipfile.ZipInfo(name, _AT), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def extension_files(site: str) -> dict[str, bytes]:
    """Return the files of the extension by name, with the address of a list and the version of this program."""
    folder = files("fanzha.command.link_list").joinpath("extension")
    found = dict(sorted(_read(folder, "")))
    manifest = json.loads(found["manifest.json"])
    found["manifest.json"] = _json(manifest | {"version": extension_version()})
    found["site.json"] = _json({"site": site})
    return found


def extension_version() -> str:
    """Return the version as extensions write it: one to four numbers with dots."""
    return ".".join(re.findall(r"\d+", __version__)[:4])


def _read(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _read(entry, f"{prefix}{entry.name}/")
        else:
            found.append((prefix + entry.name, entry.read_bytes()))
    return found


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"
