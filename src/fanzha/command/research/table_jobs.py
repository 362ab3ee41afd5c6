"""Compute tables for researchers in the background, and refuse those that isolate somebody together with others."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.research.models import ResearchTable, TableState
from fanzha.command.research.small_cells import find_isolated
from fanzha.command.research.table_content import ComputedTable, compute_table, pack_sums, unpack_sums
from fanzha.command.research.table_dimensions import SubjectRecords, read_records
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft

_UNSCOPED = unscoped("the worker computes the tables of all organisations")
_NOTHING = Words("全部单元格都过小，没有可公布的内容", "every cell is small: there is nothing to publish")
NOT_INSTALLED = Words(
    "本站未安装 fanzha[research]，不能核查表格", "fanzha[research] is not installed: no table can be audited"
)


def compute(ref: str) -> None:
    """Compute a table that was asked for: it waits for its release, or is refused with the reason."""
    row = _UNSCOPED.rows(ResearchTable).select_related("owner", "agreement").get(ref=ref)
    if row.state != TableState.ASKED:
        return
    earlier = list(_earlier(row))
    if find_spec("scipy") is None:
        return _finish(row, earlier, None, NOT_INSTALLED)
    records = read_records(row.owner_id, row.kind, row.dimensions, row.since, row.until)
    table = compute_table(records, row.measure, row.agreement.least_cell)
    if not table.content["lines"]:
        return _finish(row, earlier, None, _NOTHING)
    return _finish(row, earlier, table, _find_overlap(row, earlier, records, table))


def _earlier(row: ResearchTable) -> list[ResearchTable]:
    """Return the tables of the owner that left or may leave, under whichever agreement: partners may join theirs."""
    rows = _UNSCOPED.rows(ResearchTable).filter(owner=row.owner_id, kind=row.kind).exclude(pk=row.pk)
    states = (TableState.READY, TableState.RELEASED)
    return list(rows.filter(state__in=states).select_related("agreement").order_by("pk"))


def _find_overlap(
    row: ResearchTable, earlier: list[ResearchTable], records: SubjectRecords, table: ComputedTable
) -> Words:
    """Return why a table together with earlier ones says too much, "" if it does not."""
    pairs = [(other, unpack_sums(other.membership)) for other in earlier]
    overlapping = [pair for pair in pairs if np.isin(table.published.subjects, pair[1].subjects).any()]
    least = max([row.agreement.least_cell, *(other.agreement.least_cell for other, _sums in overlapping)])
    inside = np.isin(records.subjects, table.published.subjects)
    found = find_isolated(table.published, [sums for _other, sums in overlapping], records.operators[inside], least)
    if not found:
        return Words("", "")
    other = overlapping[found[0]][0].ref
    return Words(
        f"与表格 {other} 相减可推出不足 {least} 个对象的单元格",
        f"its difference from table {other} would isolate fewer than {least} subjects",
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
