"""Time-stamps of evidence: the authority of `[site.timestamps]` stamps the manifest of each look (RFC 3161).

The stamp lies beside the manifest as `manifest.json.tsr` and leaves with the pack. Without an answer the look stays
unstamped and is tried again; the evidence log, whose anchors are stamped, has the hash of the manifest in any case.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta

from fanzha.base.clock import to_ms
from fanzha.base.errors import FanzhaError
from fanzha.base.outgoing_request import RequestFailed
from fanzha.command.audit.services import InvalidTimestamp, TextTimestamp, recorded, request_timestamp
from fanzha.command.captures.models import Capture, CaptureState
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.store.look_queue import evidence_folder
from fanzha.store.private_files import write_private_file

log = logging.getLogger(__name__)

_UNSCOPED = unscoped("evidence is time-stamped for whoever asked for the look")
STAMP_NAME = "manifest.json.tsr"
#: How many looks one run stamps, and how old a look may be: a late stamp proves little.
_MOST, _LONGEST = 20, timedelta(days=7)


def stamp_evidence(now: datetime) -> int:
    """Have the evidence of recent looks time-stamped, the newest first; return how many were.

    An authority that does not answer ends the run. Evidence that is gone or was changed is left out.
    """
    rows = _UNSCOPED.rows(Capture).filter(state=CaptureState.SEEN, stamped_at=None, looked_at__gt=now - _LONGEST)
    stamped = 0
    for capture in rows.exclude(manifest="").select_related("owner").order_by("-pk")[:_MOST]:
        manifest = _read_manifest(capture)
        if manifest is None:
            continue
        try:
            timestamp = request_timestamp(manifest)
        except InvalidTimestamp as problem:  # of this look; others may fare better
            log.warning("the look %s has no time-stamp yet: %s", capture.ref, problem)
            continue
        except (RequestFailed, FanzhaError) as problem:
            log.warning("no time-stamp for looks: %s", problem)
            break
        if timestamp is None:
            break
        _record(capture, timestamp)
        stamped += 1
    return stamped


def _read_manifest(capture: Capture) -> str | None:
    """Return the manifest of a look, None if it is gone or not the one on record."""
    try:
        manifest = (evidence_folder(capture.ref) / "manifest.json").read_bytes()
    except OSError:
        return None
    return manifest.decode() if hashlib.sha256(manifest).hexdigest() == capture.manifest else None


def _record(capture: Capture, timestamp: TextTimestamp) -> None:
    write_private_file(evidence_folder(capture.ref) / STAMP_NAME, timestamp.response)
    with recorded() as entries:
        _UNSCOPED.rows(Capture).filter(pk=capture.pk).update(stamped_at=timestamp.stamped_at)
        facts = {"manifest": capture.manifest, "sha256": hashlib.sha256(timestamp.response).hexdigest()}
        at = to_ms(timestamp.stamped_at)
        entries.add(Draft("look_stamped", at, "", capture.owner.ref, about=capture.ref, facts=facts))
