"""Build the log entries of imports: actor and counts, without imported data."""

from typing import TYPE_CHECKING

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.command.imports.models import ImportJob
from fanzha.processes.log.entry import Draft

if TYPE_CHECKING:
    from fanzha.command.organizations.models import ApiKey, Person


def build_draft(kind: str, job: ImportJob, actor: "Person | ApiKey | None", **facts: object) -> Draft:
    """Build a log entry about an import. `actor` is None for the operator of the machine."""
    actor_ref = actor.ref if actor else ""
    return Draft(kind, to_ms(timezone.now()), actor_ref, job.owner.ref, about=job.ref, facts=facts)
