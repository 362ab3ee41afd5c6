"""Write what looks found as events `site_seen` to a folder that `fanzha watch` follows: `[look] events`.

There is one CSV file a day, and a column map beside it. Names do not fit into page facts, which are numbers: a brand is
the likeness to its picture, a kit the number that pages with the same parts share.
"""

from __future__ import annotations

import csv
import hashlib
import io
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from fanzha.base.clock import from_ms
from fanzha.command.captures.page_findings import BASIS, SECRETS, find_event_id, find_host, strange_brands
from fanzha.store.look_record import LookRecord, PersonaVisit
from fanzha.store.look_settings import load_look_settings
from fanzha.store.private_files import create_private_folder
from fanzha.store.state_folder import state_folder

log = logging.getLogger(__name__)

MAP_NAME = "fanzha-map.toml"
_COLUMNS = ("event_id", "at", "host", "url", "title")
_FOUND = (*(f"asks_{name}" for name in sorted(SECRETS | {"phone", "name"})), "cloaked", "brand_likeness",
          "hands_out_app", "kit")  # fmt: skip
_PICTURE_BITS = 256
_APPS = (".apk", ".xapk", ".apks", ".apkm", ".ipa")


def write_look_event(record: LookRecord, kits: Sequence[str]) -> bool:
    """Append the event of a look to the file of its day; return False without a folder or a page.

    A folder that cannot be written to is logged: the look is recorded all the same.
    """
    settings, visit = load_look_settings(), record.telling_visit
    if not settings.events or visit is None or not visit.facts:
        return False
    folder = Path(settings.events)
    try:
        _append(folder if folder.is_absolute() else state_folder() / folder, record, visit, kits)
    except OSError as error:
        log.error("the event of a look cannot be written to %s: %s", folder, error)
        return False
    return True


def _append(folder: Path, record: LookRecord, visit: PersonaVisit, kits: Sequence[str]) -> None:
    path = create_private_folder(folder) / f"looks-{from_ms(record.at):%Y-%m-%d}.csv"
    names = (*_COLUMNS, *_FOUND, *sorted(visit.facts))
    lines = []
    if path.is_file():
        with path.open(encoding="utf-8") as file:
            names = tuple(file.readline().strip().split(","))
    else:
        _write_map(folder / MAP_NAME, names[len(_COLUMNS) :])
        lines.append(",".join(names))
    values = {**list_found_facts(record, visit, kits), **visit.facts}
    values |= {
        "event_id": find_event_id(record, visit),
        "at": record.at,
        "host": find_host(visit.final_url),
        "url": _one_line(visit.final_url),
        "title": _one_line(visit.title),
    }
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([values.get(name, "") for name in names])
    data = "".join(f"{text}\n" for text in (*lines, line.getvalue())).encode("utf-8", "replace")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, data)
    finally:
        os.close(descriptor)


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


def _write_map(path: Path, facts: Sequence[str]) -> None:
    names = ", ".join(f'"{name}"' for name in facts)
    text = f"""table = "site_seen"
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
"""
    path.write_text(text, "utf-8")


def _one_line(text: str) -> str:
    """Return a text without what would end a line or a cell of a file that grows."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
