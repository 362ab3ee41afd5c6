"""Pictures of reports until their process is opened: a folder of their own, with a budget of bytes a day.

They are no uploads of the organisation: whoever sends many of them takes no room from the people who work there.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from pathlib import Path

from fanzha.base.words import Words
from fanzha.command.reports.models import Report
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.screenshots import UnusableScreenshot
from fanzha.store.private_files import write_private_file
from fanzha.store.state_folder import state_folder

_UNSCOPED = unscoped("pictures belong to the reports of all organisations")
DAY_BYTES = 500_000_000
#: A picture without a report is removed this long after it was stored.
GRACE = timedelta(days=1)
_NAME = re.compile(r"[0-9a-f]{64}")
FULL = Words(
    "今日截图接收量已满，请不上传截图直接提交", "No more pictures can be taken today. Send the report without one."
)


def store_screenshot(data: bytes, now: datetime) -> str:
    """Store a stripped picture; return its SHA-256. Raise UnusableScreenshot if the budget of the day is used up."""
    since = (now - timedelta(days=1)).timestamp()
    used = sum(stat.st_size for path in _folder().glob("*") if (stat := path.stat()).st_mtime > since)
    if used + len(data) > DAY_BYTES:
        raise UnusableScreenshot(FULL)
    name = hashlib.sha256(data).hexdigest()
    write_private_file(_folder() / name, data)
    return name


def read_screenshot(name: str) -> bytes | None:
    """Return a picture by its SHA-256, None if it is gone."""
    path = _folder() / name
    return path.read_bytes() if _NAME.fullmatch(name) and path.is_file() else None


def remove_screenshots(now: datetime) -> int:
    """Remove the pictures that no report names any more; return how many."""
    before = (now - GRACE).timestamp()
    old = [path for path in _folder().glob("*") if path.stat().st_mtime < before]
    if not old:
        return 0
    rows = _UNSCOPED.rows(Report).exclude(screenshots=[]).values_list("screenshots", flat=True)
    named = {name for names in rows.iterator() for name in names}
    unused = [path for path in old if path.name not in named]
    for path in unused:
        path.unlink(missing_ok=True)
    return len(unused)


def _folder() -> Path:
    return state_folder() / "report-screenshots"
