"""Ask for tables, and release or refuse them as a second person. `table_jobs` computes them in the background."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.selectors import get_actor_ref, get_organization
from fanzha.command.research.models import ResearchAgreement, ResearchTable, TableState
from fanzha.command.research.services import check_second_person
from fanzha.command.web.scoping import unscoped
from fanzha.kinds import all_kinds
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("who may act on a table is checked here")
MAX_MONTHS = 36
COUNT, RATE = "count", "rate"
#: What a table shows on each line.
MEASURE_TITLES = {
    COUNT: Words("对象数", "number of subjects"),
    RATE: Words("已研判对象中认定涉诈的比例", "share of decided subjects that were confirmed"),
}
#: By what subjects are counted. Places are of telephone numbers only.
DIMENSION_TITLES = {
    "month": Words("首次发现月份", "month of the first finding"),
    "fraud_type": Words("诈骗类型", "fraud type"),
    "ingress": Words("入网来源", "ingress"),
    "province": Words("号码归属省份", "province of the number"),
    "city": Words("号码归属城市", "city of the number"),
    "outcome": Words("研判结果", "outcome"),
}
PHONE = "phone_number"
_OF_PHONES = ("province", "city")
MAX_DIMENSIONS = 3
_NOT_COMPARED = Words(
    "有表格与本表同时生成、未经比对，现重新计算",
    "a table was made at the same time and not compared: it is computed anew",
)


@dataclass(frozen=True)
class TableDraft:
    """What a researcher asks for; months are such as 2026-03, `last` included."""

    dimensions: tuple[str, ...]
    measure: str
    kind: str
    first: str
    last: str
    purpose: str


def ask_table(agreement: ResearchAgreement, draft: TableDraft, viewer: Viewer) -> ResearchTable:
    """Ask for a table under an agreement, by the owner's or the partner's people. Raise Refusal.

    Each request counts against the budget of the agreement, also one that is refused later.
    """
    if viewer.organization not in (agreement.owner_id, agreement.partner_id):
        raise Refusal(Reason.ROLE, Words("不是协议一方", "your organisation is no party of the agreement"))
    if not agreement.is_in_force or not agreement.allows_tables:
        words = Words("协议不在有效期内，或不含统计表", "the agreement is not in force, or not for tables")
        raise Refusal(Reason.STATE, words)
    now, owner = timezone.now(), agreement.owner
    zone = ZoneInfo(owner.zone)
    since, until = parse_month(draft.first, zone), parse_month(draft.last, zone, following=True)
    faults = _faults(draft, since, until, now)
    if faults or since is None or until is None:
        raise Refusal(Reason.EVIDENCE, Words("信息不全或有误", "Something is missing or wrong"), fields=faults)
    with recorded() as log:
        _UNSCOPED.rows(ResearchAgreement).select_for_update().get(pk=agreement.pk)  # counts tables one after another
        if _UNSCOPED.rows(ResearchTable).filter(agreement=agreement).count() >= agreement.table_budget:
            raise Refusal(
                Reason.STATE, Words("协议的表格次数已用完", "the budget of tables of the agreement is used up")
            )
        row = _UNSCOPED.rows(ResearchTable).create(
            owner=owner,
            agreement=agreement,
            dimensions=list(draft.dimensions),
            measure=draft.measure,
            kind=draft.kind,
            since=since,
            until=until,
            purpose=draft.purpose.strip(),
            actor=get_actor_ref(viewer, get_organization(viewer.organization).ref),
            asked_at=now,
        )
        facts = {"dimensions": row.dimensions, "measure": row.measure, "kind": row.kind, "agreement": agreement.ref}
        facts |= {"first": draft.first, "last": draft.last}
        log.add(_draft("research_table_asked", row, viewer, now, facts))
    return row


def decide_table(row: ResearchTable, viewer: Viewer, *, release: bool) -> bool:
    """Release a computed table or refuse it, as the second person; return whether it must be recomputed first.

    Raise Refusal.
    """
    check_second_person(row.owner_id, row.actor, viewer)
    if release and not (row.agreement.is_in_force and row.agreement.allows_tables):
        raise Refusal(Reason.STATE, Words("协议已终止或已到期", "the agreement has ended or has expired"))
    now = timezone.now()
    with recorded() as log:
        waiting = _UNSCOPED.rows(ResearchTable).filter(pk=row.pk, state=TableState.READY, computed_at=row.computed_at)
        if release and not _was_compared(row):
            waiting.update(state=TableState.ASKED, computed_at=None)
            return True
        state = TableState.RELEASED if release else TableState.REFUSED
        changes: dict[str, Any] = {"decided_by": viewer.person, "decided_at": now}
        if release:
            changes["sha256"] = sha256(encode_content(row.content)).hexdigest()
        else:
            changes |= {"content": {}, "membership": b"", "refused_zh": "未予放行", "refused_en": "not released"}
        if not waiting.update(state=state, **changes):
            raise Refusal(Reason.STATE, Words("现在不能决定", "it cannot be decided now"))
        facts = {"sha256": changes.get("sha256", ""), "lines": len(row.content.get("lines", ()))}
        log.add(_draft("research_table_released" if release else "research_table_refused", row, viewer, now, facts))
    return False


def take_table(row: ResearchTable, viewer: Viewer) -> dict[str, Any]:
    """Return a released table to somebody of either party; it is on record who took it. Raise Refusal."""
    if row.state != TableState.RELEASED:
        raise Refusal(Reason.STATE, Words("尚未放行", "it was not released"))
    now = timezone.now()
    with recorded() as log:
        log.add(_draft("research_table_taken", row, viewer, now, {"sha256": row.sha256}))
    content: dict[str, Any] = row.content
    return content


def encode_content(content: Mapping[str, Any]) -> bytes:
    """Return a table as canonical JSON, whose hash is in the log."""
    return msgspec.json.encode(content, order="sorted")


def parse_month(text: str, zone: ZoneInfo, *, following: bool = False) -> datetime | None:
    """Return the beginning of a month such as 2026-03, or of the following one; None if it is no month."""
    try:
        begin = datetime.strptime(text.strip(), "%Y-%m").replace(tzinfo=zone)
        if following:
            begin = begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)
    except ValueError:
        return None
    return begin


def _was_compared(row: ResearchTable) -> bool:
    """Return whether this table and each one that may have left were compared, whichever was computed later."""
    others = _UNSCOPED.rows(ResearchTable).filter(kind=row.kind, state=TableState.RELEASED)
    pairs = others.exclude(pk=row.pk).values_list("ref", "compared")
    return all(ref in row.compared or row.ref in compared for ref, compared in pairs)


def _faults(draft: TableDraft, since: datetime | None, until: datetime | None, now: datetime) -> dict[str, Words]:
    from fanzha.command.research.table_dimensions import MAX_CELLS, count_cells  # loads numpy, which pages do not need

    faults: dict[str, Words] = {}
    names = draft.dimensions
    if len(set(names)) != len(names) or len(names) > MAX_DIMENSIONS or set(names) - set(DIMENSION_TITLES):
        faults["dimensions"] = Words(f"至多 {MAX_DIMENSIONS} 个维度", f"at most {MAX_DIMENSIONS} dimensions, each once")
    elif set(_OF_PHONES) & set(names) and draft.kind != PHONE:
        faults["dimensions"] = Words("归属地仅适用于电话号码", "places are of telephone numbers only")
    elif draft.measure == RATE and "outcome" in names:
        faults["dimensions"] = Words("比例已按研判结果计算", "a rate is by outcome already")
    if draft.measure not in MEASURE_TITLES:
        faults["measure"] = Words("请选择指标", "choose a measure")
    if draft.kind not in all_kinds():
        faults["kind"] = Words("请选择对象类型", "choose a kind of subjects")
    if since is None or until is None or not since < until <= now:
        faults["last"] = Words("须为已结束的月份", "months that are over, the first not after the last")
    elif (until.year - since.year) * 12 + until.month - since.month > MAX_MONTHS:
        faults["last"] = Words(f"至多 {MAX_MONTHS} 个月", f"at most {MAX_MONTHS} months")
    elif not faults and count_cells(names, since, until) > MAX_CELLS:
        faults["dimensions"] = Words(f"单元格超过 {MAX_CELLS} 个", f"more than {MAX_CELLS} cells")
    if not 4 <= len(draft.purpose.strip()) <= 300:
        faults["purpose"] = Words("请写明用途", "say what for")
    return faults


def _draft(kind: str, row: ResearchTable, viewer: Viewer, at: datetime, facts: dict[str, object]) -> Draft:
    own = get_organization(viewer.organization).ref
    return Draft(kind, to_ms(at), get_actor_ref(viewer, own), row.owner.ref, about=row.ref, facts=facts)
