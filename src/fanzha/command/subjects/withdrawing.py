"""An organisation takes findings of its own back: on record; verdicts, campaigns and screens follow at once."""

from collections.abc import Sequence
from datetime import datetime

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.recording import recorded
from fanzha.command.campaigns.recounting import recount
from fanzha.command.processes.parties import actor_of
from fanzha.command.subjects.fusing import Pair, refresh
from fanzha.command.subjects.locking import lock
from fanzha.command.subjects.models import FindingRow
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

KIND = "finding_withdrawn"


def withdraw_findings(rows: Sequence[FindingRow], why: str, viewer: Viewer, at: datetime) -> int:
    """Withdraw those that still stand; return how many. Raises Refusal for findings of others, and without a reason."""
    if any(row.owner_id != viewer.organization for row in rows):
        raise Refusal(Reason.ROLE, Words("只有线索所属单位可以撤回", "only whose findings they are may withdraw them"))
    if not why.strip():
        raise Refusal(Reason.EVIDENCE, Words("请说明撤回理由", "say why"))
    with recorded() as log:
        lock(row.subject_id for row in rows)
        standing = FindingRow._base_manager.filter(FindingRow.standing(), pk__in=[row.pk for row in rows])
        taken = list(standing.select_for_update().select_related("subject", "owner").defer("packed"))
        if not taken:
            return 0
        FindingRow._base_manager.filter(pk__in=[row.pk for row in taken]).update(
            withdrawn_at=at, withdrawn_by=viewer.person, withdrawn_why=why[:300]
        )
        subjects = {row.subject_id for row in taken}
        refresh({Pair(subject, viewer.organization) for subject in subjects}, at)
        recount(viewer.organization, subjects, at)
        actor = actor_of(viewer)
        log.extend(
            Draft(
                kind=KIND,
                at=to_ms(at),
                actor=actor.person,
                organisation=actor.organization,
                about=row.subject.ref,
                facts={"finding": row.finding_id},
            )
            for row in taken
        )
    return len(taken)
