"""Download the file of an export. Only its requester can, until it expires; each download is recorded."""

from pathlib import Path

from django.db.models import F
from django.utils import timezone

from fanzha.command.audit.services import recorded
from fanzha.command.exports.export_file import export_path
from fanzha.command.exports.log_drafts import build_draft
from fanzha.command.exports.models import Export, ExportState
from fanzha.command.organizations.selectors import get_actor_ref
from fanzha.command.processes.selectors import to_actor
from fanzha.command.web.viewer import Viewer


def may_download(export: Export, viewer: Viewer) -> bool:
    """Return whether the export is finished, not expired, and requested by the viewer."""
    return (
        is_requester(export, viewer)
        and export.state == ExportState.DONE
        and export.expires_at is not None
        and export.expires_at > timezone.now()
    )


def is_requester(export: Export, viewer: Viewer) -> bool:
    """Return whether the viewer, a person or an API key, requested the export. The approver did not."""
    if export.owner_id != viewer.organization or export.person_id != viewer.person:
        return False
    return viewer.person is not None or export.actor == get_actor_ref(viewer, export.owner.ref)


def record_download(export: Export, viewer: Viewer) -> Path | None:
    """Record the download and return the path of the file. Return None if the viewer may not download it."""
    path = export_path(export.ref)
    if not may_download(export, viewer) or not path.is_file():
        return None
    actor = to_actor(viewer)
    with recorded() as log:
        Export.objects.filter(pk=export.pk).update(downloads=F("downloads") + 1)
        log.add(build_draft("export_downloaded", export, actor.person, actor.organization, sha256=export.sha256))
    return path
