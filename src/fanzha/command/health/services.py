"""Store reports of sources and screens, and run failed jobs again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.detection_rules.services import operates_rules
from fanzha.command.health.jobs import FAILED, NOT_RETRIED
from fanzha.command.health.models import ReportedComponent
from fanzha.command.organizations.selectors import get_organization_ref, get_person
from fanzha.command.web.job_queue import SITE_QUEUE, WAITING, queue_name
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.web.viewer import Viewer

READER_ROLES = (Role.ADMINISTRATOR, Role.DUTY_OFFICER, Role.REVIEWER, Role.ANALYST, Role.INSPECTOR)
#: Roles that run failed jobs of their organisation again.
RETRY_ROLES = (Role.ADMINISTRATOR, Role.DUTY_OFFICER)
_ROWS = unscoped("each installation reports its own components")
_UPDATED = (
    "title_zh",
    "title_en",
    "tables",
    "last_at",
    "silent_after_seconds",
    "usual_gap_seconds",
    "usual_count",
    "hours",
    "is_less",
    "problem",
    "reported_at",
)


def report(owner: int, components: Sequence[ReportedComponent], now: datetime) -> None:
    """Store all sources and screens of an organisation (primary key); those that are no longer named are removed.

    A component without `last_at` keeps the one that was reported before. Nothing happens without components.
    """
    if not components:
        return
    with transaction.atomic():
        rows = _ROWS.rows(ReportedComponent).filter(owner=owner)
        before = {(row.kind, row.name): row for row in rows}
        for one in components:
            known = before.pop((one.kind, one.name), None)
            one.owner_id, one.reported_at = owner, now
            one.last_at = one.last_at or (known.last_at if known else None)
        _ROWS.rows(ReportedComponent).bulk_create(
            components, update_conflicts=True, unique_fields=["owner", "kind", "name"], update_fields=_UPDATED
        )
        rows.filter(pk__in=[row.pk for row in before.values()]).delete()


def find_failed_job(ident: UUID, viewer: Viewer) -> DBTaskResult | None:  # type: ignore[type-arg]
    """Return a failed job of the viewer's organisation that can be run again, None if there is no such job.

    Jobs of the site belong to the organisation that operates its rules.
    """
    queues = [queue_name(get_organization_ref(viewer.organization)), *([SITE_QUEUE] if operates_rules(viewer) else [])]
    job = DBTaskResult.objects.filter(pk=ident, queue_name__in=queues).first()
    return None if job is None or job.task_path.rpartition(".")[2] in NOT_RETRIED else job


def retry_job(job: DBTaskResult, viewer: Viewer) -> None:  # type: ignore[type-arg]
    """Queue a failed job again, as it was. Raise Refusal for another role or if it no longer stands as failed."""
    if viewer.person is None or not viewer.has(*RETRY_ROLES):
        raise Refusal(Reason.ROLE, Words("您的角色不能办理此事项", "Your role cannot do this"))
    with recorded() as log:
        queued = DBTaskResult.objects.filter(pk=job.pk, status=FAILED).update(
            status=WAITING,
            enqueued_at=timezone.now(),
            started_at=None,
            finished_at=None,
            traceback="",
            exception_class_path="",
        )
        if not queued:
            raise Refusal(Reason.STATE, Words("该任务已重新执行", "The job has been started again already"))
        organization, facts = get_organization_ref(viewer.organization), {"job": str(job.pk), "task": job.task_path}
        log.add(Draft("job_retried", to_ms(timezone.now()), get_person(viewer).ref, organization, facts=facts))
