"""Settings of continuous detection beside the site: `[watch]` in `fanzha.toml` of the state folder."""

import sys
from typing import Annotated

import msgspec

from fanzha.base.clock import span_ms
from fanzha.base.errors import Malformed, UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder


class WatchTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[watch]`: what is followed, and as whose findings it comes to the site."""

    sources: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    owner: Annotated[str, msgspec.Meta(min_length=1)]
    out: str = ""  # default: findings.jsonl in `watch` of the state folder
    alarms: str = ""  # default: alarms.jsonl in `watch` of the state folder
    lateness: str = ""
    table: str = ""
    map: str = ""
    basis: str = ""
    detectors: tuple[str, ...] = ()


def load_watch_table() -> WatchTable | None:
    """Return the settings, None if there is no such table. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    table = read_toml_table(path, "watch")
    if not table:
        return None
    try:
        settings = msgspec.convert(table, WatchTable)
        if settings.lateness:
            span_ms(settings.lateness)
    except (msgspec.ValidationError, Malformed) as error:
        raise UsageError(f"{path}, [watch]: {error}", fix="see docs/how-to/watch.md") from None
    if "-" in settings.sources:
        raise UsageError(f"{path}, [watch]: no standard input here", fix="name folders, files or streams")
    return settings


def watch_command(settings: WatchTable) -> list[str]:
    """Return the command that runs `fanzha watch` with these settings."""
    options = {
        "--out": settings.out or str(state_folder() / "watch" / "findings.jsonl"),
        "--owner": settings.owner,
        "--alarms": settings.alarms,
        "--lateness": settings.lateness,
        "--table": settings.table,
        "--map": settings.map,
        "--basis": settings.basis,
    }
    named = [part for name, value in options.items() if value for part in (name, value)]
    chosen = [part for name in settings.detectors for part in ("--detector", name)]
    return [sys.executable, "-m", "fanzha", "watch", *named, *chosen, "--", *settings.sources]
