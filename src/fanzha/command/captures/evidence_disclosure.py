"""Give out screenshots and evidence of looks for a purpose: pages may show data of victims.

Each is charged to a budget and logged before it is given out, as all whole values are.
"""

from __future__ import annotations

import tempfile
import zipfile
from typing import IO

from fanzha.base.words import Words
from fanzha.command.captures.models import Capture
from fanzha.command.captures.selectors import find_evidence_file
from fanzha.command.organizations.services import Candidate, DisclosurePool, DisclosureRequest, record_disclosure
from fanzha.command.web.screenshots import UnusableScreenshot, strip_screenshot
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.look_queue import evidence_folder
from fanzha.store.look_record import LookRecord

#: Evidence above this is fetched from the machine itself.
MOST_PACK_BYTES = 60_000_000
#: A larger pack is built in a file.
_MEMORY_BYTES = 2_000_000
NO_EVIDENCE = Words("证据已不存在", "the evidence is gone")
PACK_TOO_LARGE = Words(
    "证据超过60 MB，请在服务器的 looks 目录中提取",
    "the evidence has more than 60 MB: take it from the folder `looks` of the site",
)


def disclose_screenshots(viewer: Viewer, capture: Capture, record: LookRecord, purpose: str) -> dict[str, bytes]:
    """Return the screenshots of a look by visitor, stripped to their pixels. Raise Refusal or DisclosureRefused."""
    pictures = {}
    for visit in record.visits:
        path = find_evidence_file(capture, f"{visit.persona}.png") if visit.screenshot else None
        if path is not None:
            try:
                pictures[visit.persona] = strip_screenshot(path.read_bytes())
            except (UnusableScreenshot, OSError):  # damaged, or its time ended meanwhile
                continue
    if not pictures:
        raise Refusal(Reason.STATE, NO_EVIDENCE)
    _record(viewer, capture, "screenshots", purpose)
    return pictures


def disclose_pack(viewer: Viewer, capture: Capture, purpose: str) -> IO[bytes]:
    """Return an open zip file of the evidence of a look, without the files that the page handed out.

    `fanzha fetch --check` verifies it after unpacking. Raise Refusal if it is gone or too large, DisclosureRefused.
    """
    folder = evidence_folder(capture.ref)
    archive = tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES)  # noqa: SIM115 -- the response closes it
    try:
        paths = [path for path in sorted(folder.glob("*")) if path.is_file() and not path.is_symlink()]
        if sum(path.stat().st_size for path in paths) > MOST_PACK_BYTES:
            raise Refusal(Reason.STATE, PACK_TOO_LARGE)
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
            for path in paths:
                writer.write(path, path.name)
        if not paths:
            raise Refusal(Reason.STATE, NO_EVIDENCE)
        _record(viewer, capture, "evidence", purpose)
    except OSError:  # its time ended meanwhile
        archive.close()
        raise Refusal(Reason.STATE, NO_EVIDENCE) from None
    except BaseException:
        archive.close()
        raise
    archive.seek(0)
    return archive


def _record(viewer: Viewer, capture: Capture, part: str, purpose: str) -> None:
    candidates = [Candidate("capture", f"{capture.ref}/{part}")]
    record_disclosure(
        viewer, DisclosureRequest("capture", DisclosurePool.UNMASKED, candidates, purpose, about=capture.ref)
    )
