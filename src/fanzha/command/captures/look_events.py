"""Write the results of looks as events `site_seen` to a folder that `fanzha watch` follows: `[look] events`.

There is one CSV file a day with its column map. Names do not fit into page facts, which are numbers: a brand is
the likeness to its picture, a kit the number that pages with the same parts share.
"""

from __future__ import annotations

import csv
import hashlib
import io
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from fanzha.base.clock import from_ms
from fanzha.command.captures.page_findings import BASIS, SECRETS, find_event_id, find_host, strange_brands
from fanzha.store.look_record import PAGE_FACT_NAMES, LookRecord, PersonaVisit
from fanzha.store.look_settings import load_look_settings
from fanzha.store.private_files import create_private_folder, lock_folder, write_private_file
from fanzha.store.state_folder import state_folder

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

log = logging.getLogger(__name__)

MAP_NAME = "fanzha-map.toml"
KEEP = timedelta(days=30)
_COLUMNS = ("event_id", "at", "host", "url", "title")
_FOUND = (*(f"asks_{name}" for name in sorted(SECRETS | {"phone", "name"})), "cloaked", "brand_likeness",
          "hands_out_app", "kit")  # fmt: skip
_NAMES = (*_COLUMNS, *_FOUND, *PAGE_FACT_NAMES)
_HEADER = f"{','.join(_NAMES)}\n".encode()
_PICTURE_BITS = 256
_APPS = (".apk", ".xapk", ".apks", ".apkm", ".ipa")


def write_look_event(owner: Organization, record: LookRecord, kits: Sequence[str]) -> bool:
    """Append the event of a look to the file of its day; return False without a folder or a page.

    The operator of detection reads the folder, so only looks of `events_of` go there. A folder that cannot be written
    to is logged: the look is recorded all the same.
    """
    settings, visit = load_look_settings(), record.telling_visit
    if not settings.events or settings.events_of != owner.ref or visit is None or not visit.facts:
        return False
    folder = Path(settings.events)
    try:
        _append(folder if folder.is_absolute() else state_folder() / folder, record, visit, kits)
    except OSError as error:
        log.error("the event of a look cannot be written to %s: %s", folder, error)
        return False
    return True


def _append(folder: Path, record: LookRecord, visit: PersonaVisit, kits: Sequence[str]) -> None:
    values = {
        **visit.facts,
        **list_found_facts(record, visit, kits),
        "event_id": find_event_id(record, visit),
        "at": record.at,
        "host": find_host(visit.final_url),
        "url": _one_line(_find_page(visit.final_url)),
        "title": _one_line(visit.title),
    }
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([values.get(name, "") for name in _NAMES])
    create_private_folder(folder)
    with lock_folder(folder):
        path = _find_file(folder, f"looks-{from_ms(record.at):%Y-%m-%d}")
        if not path.is_file() or path.stat().st_size == 0:
            write_private_file(folder / MAP_NAME, _build_map())
            write_private_file(path, _HEADER)
        data = path.read_bytes()[-1:]
        with path.open("ab") as file:  # a line that was cut off ends before the next one begins
            file.write((b"" if data == b"\n" else b"\n") + line.getvalue().encode("utf-8", "replace"))


def _find_file(folder: Path, name: str) -> Path:
    """Return the file of a day: another one if it was begun with other columns by an earlier version."""
    path = folder / f"{name}.csv"
    if path.is_file():
        with path.open("rb") as file:
            if file.readline() not in (b"", _HEADER):
                return folder / f"{name}-{hashlib.sha256(_HEADER).hexdigest()[:8]}.csv"
    return path


def list_found_facts(record: LookRecord, visit: PersonaVisit, kits: Sequence[str]) -> dict[str, object]:
    """Return what the look found beside the measures of the page, as numbers.

    `kit` is a number of 48 bits of the parts that the page shares with others, "" without any.
    """
    asks, host = set(visit.asks), find_host(visit.final_url)
    closest = min((likeness.distance for likeness in strange_brands(record.brands, host)), default=None)
    digest = hashlib.sha256("\n".join(sorted(kits)).encode()).hexdigest()
    return {
        **{name: int(name.removeprefix("asks_") in asks) for name in _FOUND if name.startswith("asks_")},
        "cloaked": int(record.is_cloaked),
        "brand_likeness": 0 if closest is None else round(1 - closest / _PICTURE_BITS, 4),
        "hands_out_app": int(any(download.name.lower().endswith(_APPS) for download in visit.downloads)),
        "kit": int(digest[:12], 16) if kits else "",
    }


def _build_map() -> bytes:
    names = ", ".join(f'"{name}"' for name in _NAMES[len(_COLUMNS) :])
    return f"""table = "site_seen"
source = "look"
basis = "{BASIS}"
[constants]
seen_by = "crawl"
[columns]
event_id = "event_id"
host = "host"
url = "url"
title = "title"
page_facts = [{names}]
[columns.occurred_at]
from = "at"
format = "epoch_ms"
""".encode()


def remove_old_events(now: datetime) -> int:
    """Remove files of events older than KEEP; return how many. Detection read them long before."""
    settings = load_look_settings()
    folder = Path(settings.events or ".")
    folder = folder if folder.is_absolute() else state_folder() / folder
    first = (now - KEEP).date().isoformat()
    old = [path for path in folder.glob("looks-*.csv") if path.name[6:16] < first] if settings.events else []
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _find_page(url: str) -> str:
    """Return a URL without user name, query and fragment: they may name who was sent the link."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _one_line(text: str) -> str:
    """Return a text without what would end a line or a cell of a file that grows."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
