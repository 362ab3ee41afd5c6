"""Request time-stamps for anchors from the configured authority, and store them next to the anchors.

Only the newest anchor is stamped: it covers all batches before it. The log does not wait for an answer; a request is
repeated, later each time.
"""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from fanzha.base.errors import FanzhaError
from fanzha.base.outgoing_request import PrivateAddressPolicy, RequestFailed, post_and_read
from fanzha.command.audit.anchor_files import write_timestamp
from fanzha.command.audit.anchors import anchor_of
from fanzha.command.audit.long_tables import as_bytes
from fanzha.command.audit.models import AnchorTimestamp, LogAnchor
from fanzha.command.audit.timestamps import InvalidTimestamp, build_request, load_authority, verify_response
from fanzha.command.web.configuration import TimestampAuthority, configuration

logger = logging.getLogger(__name__)

#: The wait after the first failure; it is doubled with each further one.
FIRST_RETRY = timedelta(minutes=1)
MAX_RETRY = timedelta(hours=1)
#: How many of the newest time-stamps are looked for in the folders.
_COPIED = 100
_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class TextTimestamp(NamedTuple):
    """The DER of a time-stamp and its moment."""

    response: bytes
    stamped_at: datetime


def stamp_newest_anchor(now: datetime) -> None:
    """Have the newest anchor time-stamped if it is due, and copy time-stamps to the folders that lack them."""
    settings = configuration().timestamps
    if settings is None:
        return
    anchor = LogAnchor.objects.order_by("number").last()
    if anchor is not None and _is_due(anchor, settings, now):
        _stamp(anchor, settings, now)
    copy_timestamps()


def request_timestamp(text: str) -> TextTimestamp | None:
    """Have a text time-stamped by the configured authority; return None if there is none.

    Raise RequestFailed or InvalidTimestamp if it gives no valid one, UsageError for unusable settings.
    """
    settings = configuration().timestamps
    return TextTimestamp(*_request(text, settings)) if settings is not None else None


def copy_timestamps() -> None:
    """Write the newest time-stamps beside their anchors in each folder that lacks them."""
    rows = AnchorTimestamp.objects.exclude(stamped_at=None).select_related("anchor").order_by("-pk")[:_COPIED]
    for folder in map(Path, configuration().anchors):
        for row in rows if folder.is_dir() else []:
            try:
                write_timestamp(anchor_of(row.anchor), as_bytes(row.response), folder)
            except (OSError, FanzhaError) as problem:
                logger.error("the time-stamp of anchor %s was not copied to %s: %s", row.anchor_id, folder, problem)


def _is_due(anchor: LogAnchor, settings: TimestampAuthority, now: datetime) -> bool:
    if AnchorTimestamp.objects.filter(stamped_at=None, next_at__gt=now).exists():
        return False
    stamped = AnchorTimestamp.objects.exclude(stamped_at=None)
    newer_than = now - timedelta(minutes=settings.every_minutes)
    return not stamped.filter(anchor=anchor).exists() and not stamped.filter(stamped_at__gt=newer_than).exists()


def _stamp(anchor: LogAnchor, settings: TimestampAuthority, now: datetime) -> None:
    try:
        response, stamped_at = _request(anchor.line, settings)
    except (RequestFailed, InvalidTimestamp, FanzhaError) as problem:
        logger.warning("anchor %s has no time-stamp yet: %s", anchor.number, problem)
        _store_failure(anchor, settings, str(problem), now)
        return
    values = {"url": settings.url, "response": response, "stamped_at": stamped_at, "next_at": now, "problem": ""}
    AnchorTimestamp.objects.update_or_create(anchor=anchor, defaults=values)
    AnchorTimestamp.objects.filter(stamped_at=None).delete()  # this one covers the anchors before


def _request(line: str, settings: TimestampAuthority) -> tuple[bytes, datetime]:
    """Return a verified response and its time. Raise RequestFailed, InvalidTimestamp or UsageError."""
    authority, request = load_authority(settings), build_request(line)
    policy = PrivateAddressPolicy(settings.is_internal, "[site.timestamps] is_internal")
    response = post_and_read(settings.url, _HEADERS, request.body, policy)
    return response, verify_response(response, line, authority, request.nonce)


def _store_failure(anchor: LogAnchor, settings: TimestampAuthority, problem: str, now: datetime) -> None:
    """Count the failure. The row of an earlier anchor is replaced: only the newest one is requested."""
    earlier = AnchorTimestamp.objects.filter(stamped_at=None)
    attempts = max(earlier.values_list("attempts", flat=True), default=0) + 1
    earlier.delete()
    wait = min(MAX_RETRY, FIRST_RETRY * 2 ** min(attempts - 1, 10))
    AnchorTimestamp.objects.create(
        anchor=anchor, url=settings.url, attempts=attempts, next_at=now + wait, problem=problem[:400]
    )
