"""Pictures of reports: a folder of their own, with budgets of bytes a day, for all and for each network.

They are no uploads of the organisation: a sender of many pictures does not use up the quota of its people.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.utils import timezone

from fanzha.base.words import Words
from fanzha.command.reports.models import Report
from fanzha.command.reports.networks import hash_block, hash_wide_block
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.screenshots import UnusableScreenshot, strip_screenshot
from fanzha.store.private_files import write_private_file
from fanzha.store.state_folder import state_folder

_UNSCOPED = unscoped("pictures belong to the reports of all organisations")
DAY_BYTES = 500_000_000
#: Of one network (/24 or /48), and of one wider network (/16 or /32), within a day.
BLOCK_BYTES, WIDE_BLOCK_BYTES = 50_000_000, 150_000_000
#: A picture without a report is removed this long after it was stored.
GRACE = timedelta(days=1)
_NAME = re.compile(r"[0-9a-f]{64}")
FULL = Words(
    "今日截图接收量已满，请不上传截图直接提交", "No more pictures can be taken today. Send the report without one."
)

NETWORK_FULL = Words(
    "您所在网络今日上传的截图已达上限，请不上传截图直接提交",
    "No more pictures can be taken from your network today. Send the report without one.",
)


class PictureSender(NamedTuple):
    """Where a picture comes from: the organisation that receives it (primary key), and the address of the sender.

    What is added to a report comes from the networks of that report, whose keyed hashes stand in place of the address.
    """

    owner: int
    address: str = ""
    block: str = ""
    wide_block: str = ""


def store_screenshot(data: bytes, now: datetime, sender: PictureSender | None = None) -> str:
    """Store a stripped picture; return its SHA-256.

    Raise UnusableScreenshot if the budget of the day is used up: that of all, or of the network of the sender.
    """
    since = now - timedelta(days=1)
    sizes = [(stat.st_size, stat.st_mtime) for path in _folder().glob("*") if (stat := path.stat())]
    if sum(size for size, stored_at in sizes if stored_at > since.timestamp()) + len(data) > DAY_BYTES:
        raise UnusableScreenshot(FULL)
    if sender is not None and _exceeds_network(sender, len(data), since):
        raise UnusableScreenshot(NETWORK_FULL)
    name = picture_name(data)
    write_private_file(_folder() / name, data)
    return name


def picture_name(data: bytes) -> str:
    """Return the name of a stripped picture: its SHA-256."""
    return hashlib.sha256(data).hexdigest()


def store_upload(upload: UploadedFile[Any], sender: PictureSender) -> str:
    """Store an uploaded picture with nothing but its pixels; return its SHA-256. Raise UnusableScreenshot."""
    return store_screenshot(strip_screenshot(upload.read()), timezone.now(), sender)


def _exceeds_network(sender: PictureSender, size: int, since: datetime) -> bool:
    today = Q(received_at__gt=since) | Q(picture_added_at__gt=since)
    rows = _UNSCOPED.rows(Report).filter(today, owner=sender.owner).exclude(screenshots=[])
    of_block = rows.filter(block=sender.block or hash_block(sender.address))
    of_wide_block = rows.filter(wide_block=sender.wide_block or hash_wide_block(sender.address))
    return _bytes_of(of_block) + size > BLOCK_BYTES or _bytes_of(of_wide_block) + size > WIDE_BLOCK_BYTES


def _bytes_of(rows: QuerySet[Report]) -> int:
    """Return how many bytes the pictures of reports have that are still there."""
    names = {name for names in rows.order_by().values_list("screenshots", flat=True) for name in names}
    paths = [_folder() / name for name in names if _NAME.fullmatch(name)]
    return sum(path.stat().st_size for path in paths if path.is_file())


def find_screenshot(name: str) -> Path | None:
    """Return the file of a picture by its SHA-256, None if it is gone."""
    path = _folder() / name
    return path if _NAME.fullmatch(name) and path.is_file() else None


def read_screenshot(name: str) -> bytes | None:
    """Return a picture by its SHA-256, None if it is gone."""
    path = find_screenshot(name)
    return path.read_bytes() if path is not None else None


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
