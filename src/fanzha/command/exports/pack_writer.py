"""Find the app that writes evidence packs: it has a module `packs` with `may_pack` and `write_pack`."""

from functools import cache
from typing import Any

from fanzha.command.web.discovery import app_modules


@cache
def pack_writer() -> Any:
    """Return the module `packs` of the installed apps. Raise ValueError unless there is exactly one.

    It has `may_pack(viewer: Viewer) -> bool` and `write_pack(export: Export, viewer: Viewer) -> WrittenFile`.
    """
    (module,) = app_modules("packs")
    return module
