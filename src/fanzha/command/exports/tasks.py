"""Periodic tasks of exports: remove expired files and restart killed exports."""

from datetime import datetime, timedelta

from fanzha.command.audit.services import recorded
from fanzha.command.exports.export_builder import make_export
from fanzha.command.exports.export_file import export_path
from fanzha.command.exports.log_drafts import build_draft
from fanzha.command.exports.models import Export, ExportState
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.job_queue import enqueue, queued_arguments
from fanzha.command.web.scheduler import Job

#: An export without progress for this long is taken to be killed.
STALL_TIMEOUT = timedelta(minutes=10)
#: A request without a decision for this long is removed.
DECISION_TIMEOUT = timedelta(days=7)


def remove_expired(now: datetime) -> None:
    """Remove expired files and undecided requests."""
    for export in Export.objects.filter(state=ExportState.DONE, expires_at__lte=now).select_related("owner"):
        export_path(export.ref).unlink(missing_ok=True)
        with recorded() as log:
            if Export.objects.filter(pk=export.pk, state=ExportState.DONE).update(state=ExportState.REMOVED):
                log.add(build_draft("export_removed", export, "", export.owner.ref))
    undecided = Export.objects.filter(state=ExportState.TO_APPROVE, asked_at__lte=now - DECISION_TIMEOUT)
    undecided.update(state=ExportState.REMOVED, touched_at=now)


def resume_stalled(now: datetime) -> None:
    """Restart exports whose worker was killed."""
    stalled = Export.objects.filter(
        state__in=(ExportState.QUEUED, ExportState.RUNNING), touched_at__lte=now - STALL_TIMEOUT
    )
    waiting = {arguments[0] for arguments in queued_arguments(make_export)}
    for export in stalled.exclude(ref__in=in_list(list(waiting), "text")).select_related("owner"):
        if Export.objects.filter(pk=export.pk, touched_at=export.touched_at).update(touched_at=now):
            enqueue(make_export, export.owner.ref, export.ref)


JOBS = (
    Job("remove expired exports", timedelta(hours=1), remove_expired),
    Job("take up exports that stand still", timedelta(minutes=5), resume_stalled),
)
