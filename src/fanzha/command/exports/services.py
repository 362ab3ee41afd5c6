"""Request exports and decide on them. Large and unmasked exports need the approval of a second person.

Other apps also record unmaskings and write files of exports through this module.
"""

from typing import NamedTuple

from django.utils import timezone

from fanzha.base.masking import mask_case, mask_numbers
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.exports.export_builder import make_export
from fanzha.command.exports.export_file import WrittenFile, write_file
from fanzha.command.exports.export_settings import load_export_settings
from fanzha.command.exports.log_drafts import build_draft
from fanzha.command.exports.models import PACK, Export, ExportState
from fanzha.command.exports.table import TableFilter, all_tables
from fanzha.command.exports.unmasking import (
    SHORTEST_PURPOSE,
    MaskedValue,
    UnmaskingRefused,
    record_unmasking,
)
from fanzha.command.organizations.services import Candidate, DisclosurePool, DisclosureRequest, charge_disclosure
from fanzha.command.processes.selectors import to_actor
from fanzha.command.web.job_queue import check_room, enqueue
from fanzha.command.web.roles import MAY_UNMASK, Role
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Reason

__all__ = [
    "DECIDERS",
    "ExportRefused",
    "ExportRequest",
    "MaskedValue",
    "UnmaskingRefused",
    "WrittenFile",
    "decide_request",
    "may_decide",
    "record_unmasking",
    "request_export",
    "request_pack",
    "save_request",
    "write_file",
]

#: Maximum number of rows of an export.
MAX_ROWS = 1_000_000
DECIDERS = (Role.REVIEWER, Role.PRIVACY_OFFICER)

_NO_TABLE = Words("没有这张表", "There is no such table")
_NOT_FOR_YOU = Words("您的角色不能导出这张表", "Your role cannot export this table")
_NO_PURPOSE = Words("请写明用途", "Say what for")
_WHOLE = Words("您的角色不能导出完整信息", "Your role cannot export unmasked values")
_NOTHING = Words("没有符合条件的数据", "No data matches")
_TOO_MANY = Words("超过 {most:,} 行，请缩小范围", "More than {most:,} rows. Narrow your selection")
_NOT_WAITING = Words("该导出已有人处理", "Somebody has already decided")
_NOT_YOURS = Words("须由另一名审核员或个人信息保护负责人批准", "Another reviewer or a privacy officer must decide")


class ExportRefused(Exception):
    """An export was refused. `words` explain why; `reason` is set if the caller's role or identity is the cause."""

    def __init__(self, words: Words, reason: Reason | None = None) -> None:
        super().__init__(words.en)
        self.words, self.reason = words, reason


class ExportRequest(NamedTuple):
    """Table, filter and purpose of an export."""

    table: str
    purpose: str
    case: str = ""
    narrowed: TableFilter = TableFilter()
    unmasked: bool = False


def request_export(viewer: Viewer, export_request: ExportRequest) -> Export:
    """Request an export. It is queued at once or waits for approval. Raise ExportRefused.

    Rows with unmasked values count against the budgets of disclosure: raise DisclosureRefused above them.
    """
    rows = _count_rows(viewer, export_request)
    if export_request.unmasked:
        key = f"{export_request.table} {export_request.narrowed.to_json()} {rows}"
        candidates = [Candidate("row", key, weight=rows)]
        charge_disclosure(
            viewer, DisclosureRequest("export", DisclosurePool.RELEASED, candidates, export_request.purpose)
        )
    export = Export(
        table=export_request.table,
        narrowed=export_request.narrowed.to_json(),
        purpose=export_request.purpose,
        case=export_request.case,
        unmasked=export_request.unmasked,
        rows=rows,
    )
    return save_request(viewer, export)


def request_pack(viewer: Viewer, ref: str, purpose: str, values: int) -> Export:
    """Request an evidence pack with a number of personal values. It waits for approval."""
    return save_request(viewer, Export(table=PACK, narrowed={"ref": ref}, purpose=purpose, unmasked=True, rows=values))


def save_request(viewer: Viewer, export: Export) -> Export:
    """Save an export request, and queue it unless its size or unmasked values require approval.

    Raise QueueFull if the organisation has too many waiting jobs.
    """
    now, actor = timezone.now(), to_actor(viewer)
    is_small = export.rows <= load_export_settings().rows and not export.unmasked
    export.owner_id, export.person_id = viewer.organization, viewer.person
    export.actor, export.roles = actor.person, sorted(viewer.roles)
    export.purpose = mask_numbers(export.purpose.strip())[:200]
    export.case = mask_case(export.case.strip())[:64]
    export.state = ExportState.QUEUED if is_small else ExportState.TO_APPROVE
    export.asked_at = export.touched_at = now
    check_room(actor.organization)
    with recorded() as log:
        export.save(force_insert=True)
        log.add(build_draft("export_asked", export, actor.person, actor.organization, rows=export.rows))
        if is_small:
            enqueue(make_export, actor.organization, export.ref)
    return export


def decide_request(export: Export, viewer: Viewer, *, approve: bool, note: str = "") -> None:
    """Approve or refuse an export as a second person of the same organisation. Raise ExportRefused."""
    if not may_decide(export, viewer):
        raise ExportRefused(_NOT_YOURS, Reason.SAME_PERSON)
    now, actor = timezone.now(), to_actor(viewer)
    with recorded() as log:
        waiting = Export.objects.filter(pk=export.pk, state=ExportState.TO_APPROVE)
        state = ExportState.QUEUED if approve else ExportState.REFUSED
        fields = {
            "decided_by": viewer.person,
            "decided_at": now,
            "touched_at": now,
            "decision": mask_numbers(note)[:200],
        }
        if not waiting.update(state=state, **fields):
            raise ExportRefused(_NOT_WAITING)
        kind = "export_approved" if approve else "export_refused"
        log.add(build_draft(kind, export, actor.person, actor.organization))
        if approve:
            enqueue(make_export, export.owner.ref, export.ref)


def may_decide(export: Export, viewer: Viewer) -> bool:
    """Return whether a viewer may decide. Keys cannot; a key's creator counts as the requester of its exports."""
    actor = to_actor(viewer)
    is_second_person = not actor.is_key and not actor.acted_as(export.actor)
    return is_second_person and viewer.has(*DECIDERS) and viewer.organization == export.owner_id


def _count_rows(viewer: Viewer, export_request: ExportRequest) -> int:
    """Validate a request, and return its number of rows. Raise ExportRefused."""
    table = all_tables().get(export_request.table)
    if table is None:
        raise ExportRefused(_NO_TABLE)
    if not table.is_for(viewer):
        raise ExportRefused(_NOT_FOR_YOU, Reason.ROLE)
    if export_request.unmasked and not (table.identifies and viewer.has(*MAY_UNMASK)):
        raise ExportRefused(_WHOLE, Reason.ROLE)
    if len(export_request.purpose.strip()) < SHORTEST_PURPOSE:
        raise ExportRefused(_NO_PURPOSE)
    rows: int = table.rows(export_request.narrowed).order_by()[: MAX_ROWS + 1].count()
    if not rows:
        raise ExportRefused(_NOTHING)
    if rows > MAX_ROWS:
        raise ExportRefused(_TOO_MANY.format(most=MAX_ROWS))
    return rows
