"""Compute tables for researchers in the background, and refuse those that isolate somebody together with others."""

from __future__ import annotations

import time
from importlib.util import find_spec

import numpy as np
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.research.models import ResearchTable, TableState
from fanzha.command.research.research_settings import load_research_settings
from fanzha.command.research.small_cells import AuditTimeout, isolates, join_component
from fanzha.command.research.table_content import ComputedTable, compute_table, pack_sums, unpack_sums
from fanzha.command.research.table_dimensions import SubjectRecords, read_records
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft

_UNSCOPED = unscoped("the worker computes the tables of all organisations")
_NOTHING = Words("全部单元格都过小，没有可公布的内容", "every cell is small: there is nothing to publish")
_TOO_LARGE = Words("核查超过时间限额，请减少维度或月份", "its audit takes too long: choose fewer dimensions or months")
#: Tables that a refusal names.
_NAMED = 3
NOT_INSTALLED = Words(
    "本站未安装 fanzha[research]，不能核查表格", "fanzha[research] is not installed: no table can be audited"
)


def compute(ref: str) -> None:
    """Compute a table that was asked for: it waits for its release, or is refused with the reason."""
    row = _UNSCOPED.rows(ResearchTable).select_related("owner", "agreement").get(ref=ref)
    if row.state != TableState.ASKED:
        return
    earlier = _earlier(row)
    if find_spec("scipy") is None:
        return _finish(row, earlier, None, NOT_INSTALLED)
    deadline = time.monotonic() + load_research_settings().table_seconds
    records = read_records(row.owner_id, row.kind, row.dimensions, row.since, row.until)
    try:
        table = compute_table(records, row.measure, row.agreement.least_cell, row.owner_id, deadline)
        if not table.content["lines"]:
            return _finish(row, earlier, None, _NOTHING)
        return _finish(row, earlier, table, _find_overlap(row, earlier, records, table, deadline))
    except AuditTimeout:
        return _finish(row, earlier, None, _TOO_LARGE)


def _earlier(row: ResearchTable) -> list[ResearchTable]:
    """Return the tables that left or may leave, of all owners and agreements: partners may join theirs."""
    states = (TableState.READY, TableState.RELEASED)
    rows = _UNSCOPED.rows(ResearchTable).filter(kind=row.kind, state__in=states).exclude(pk=row.pk)
    return list(rows.select_related("agreement").order_by("pk"))


def _find_overlap(
    row: ResearchTable,
    earlier: list[ResearchTable],
    records: SubjectRecords,
    table: ComputedTable,
    deadline: float,
) -> Words:
    """Return why a table together with earlier ones says too much, "" if it does not."""
    sums = [unpack_sums(other.membership) for other in earlier]
    places = join_component(table.published, sums)
    if not places:
        return Words("", "")
    least = max([row.agreement.least_cell, *(earlier[place].agreement.least_cell for place in places)])
    operators = records.operators[np.isin(records.subjects, table.published.subjects)]
    if not isolates(table.published, [sums[place] for place in places], operators, row.owner_id, least, deadline):
        return Words("", "")
    refs = [earlier[place].ref for place in places if earlier[place].owner_id == row.owner_id][:_NAMED]
    zh, en = ("、".join(refs), ", ".join(refs)) if refs else ("其他单位的表格", "tables of other organisations")
    return Words(
        f"与已有表格（{zh}）合并可推出不足 {least} 个对象或个别企业的数值",
        f"together with other tables ({en}) it would isolate fewer than {least} subjects or one operator",
    )


def _finish(row: ResearchTable, earlier: list[ResearchTable], table: ComputedTable | None, refused: Words) -> None:
    is_ready = table is not None and not refused.en
    now = timezone.now()
    changes = {"refused_zh": refused.zh[:300], "refused_en": refused.en[:300], "computed_at": now}
    changes |= {"state": TableState.READY if is_ready else TableState.REFUSED}
    if table is not None and is_ready:
        changes |= {"content": table.content, "membership": pack_sums(table.published)}
        changes |= {"compared": [other.ref for other in earlier]}
    with recorded() as log:
        if _UNSCOPED.rows(ResearchTable).filter(pk=row.pk, state=TableState.ASKED).update(**changes):
            facts = {"ready": is_ready, "why": refused.en}
            log.add(Draft("research_table_computed", to_ms(now), "", row.owner.ref, about=row.ref, facts=facts))
