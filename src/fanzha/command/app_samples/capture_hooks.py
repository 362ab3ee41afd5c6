"""Take in the packages that a page handed out when it was looked at. The app of looks finds this module by its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fanzha.command.app_samples.services import FoundFile, SampleOriginKind, take_found_sample
from fanzha.store.look_queue import evidence_folder
from fanzha.store.look_record import LookRecord

if TYPE_CHECKING:
    from fanzha.command.captures.models import Capture

_DIGEST = re.compile(r"[0-9a-f]{64}")


def after_look(capture: Capture, record: LookRecord) -> None:
    """Take in the packages among the downloads of a look, each once, whichever visitor got it."""
    folder = evidence_folder(capture.ref) / "downloads"
    names = {download.sha256: download.name for visit in record.visits for download in visit.downloads}
    for digest, name in names.items():
        path = folder / digest
        if _DIGEST.fullmatch(digest) and path.is_file() and not path.is_symlink():
            take_found_sample(capture.owner, FoundFile.from_path(path, name), SampleOriginKind.CAPTURE, capture.ref)
