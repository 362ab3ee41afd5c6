"""The import table of subscribers who refuse calls from abroad, as the operator's own systems keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from fanzha.base.clock import from_ms, moment_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.imports.services import ImportColumn, ImportRow, ImportTable, RowError, TableWriter
from fanzha.command.warnings.models import ChoiceChannel
from fanzha.command.warnings.overseas_choices import (
    ChoiceRequest,
    end_choice_unpublished,
    publish_choices,
    record_choice,
)
from fanzha.processes.refusal import Refusal

if TYPE_CHECKING:
    from fanzha.command.imports.models import ImportJob

_KINDS: Mapping[str, str] = {
    **{"refuse": "refuse", "announce": "announce", "end": "end"},
    **dict.fromkeys(("拒接", "拒绝", "开通拒接"), "refuse"),
    **dict.fromkeys(("提示", "提醒"), "announce"),
    **dict.fromkeys(("取消", "关闭"), "end"),
}
_NO_KIND = Words("须为拒接、提示或取消", "is neither refuse, announce nor end")
_NO_MOMENT = Words("不是时刻（ISO 8601）", "is not a moment (ISO 8601)")
#: Columns of the file by the fields of a refusal.
_COLUMNS = {"number": "number", "kind": "choice", "exceptions": "exceptions", "requested_at": "requested_at"}


class OverseasChoiceTable(ImportTable):
    """Choices of subscribers for calls from abroad."""

    name = "overseas_choices"
    title = Words("境外来电拒接", "Refused calls from abroad")
    about = Words(
        "用户申请拒接境外来电、境外来电提示或取消，每行一个号码；后到的覆盖先到的",
        "Subscribers who asked that calls from abroad be refused or announced, or ended that; one number a row. A "
        "later row replaces an earlier one",
    )
    owners = ("carrier", "mvno")
    columns = (
        ImportColumn("number", Words("号码", "number"), ("手机号", "msisdn")),
        ImportColumn("choice", Words("选择", "choice"), ("办理类型", "设置")),
        ImportColumn("requested_at", Words("申请时间", "requested at"), ("办理时间",), required=False),
        ImportColumn("exceptions", Words("例外号码", "exceptions"), ("白名单",), required=False),
    )

    def writer(self, job: ImportJob) -> OverseasChoiceWriter:
        """Return the writer that records the choices."""
        return OverseasChoiceWriter(job)


class OverseasChoiceWriter(TableWriter):
    """Records each row, and publishes all of them at the end."""

    def __init__(self, job: ImportJob) -> None:
        self._owner, self._person = job.owner, job.made_by

    def write(self, rows: Sequence[ImportRow]) -> list[RowError]:
        """Record rows; return one error for each row that is rejected."""
        errors = []
        for row in rows:
            if (error := self._record(row)) is not None:
                errors.append(error)
        return errors

    def finish(self) -> Words | None:
        """Publish the choices to the screens."""
        return publish_choices()

    def _record(self, row: ImportRow) -> RowError | None:
        cells = row.cells
        kind = _KINDS.get(cells["choice"].strip().casefold())
        if kind is None:
            return RowError(row.number, "choice", _NO_KIND, cells["choice"][:100])
        try:
            requested_at = _read_moment(cells["requested_at"].strip())
        except Malformed:
            return RowError(row.number, "requested_at", _NO_MOMENT, cells["requested_at"][:100])
        try:
            if kind == "end":
                end_choice_unpublished(self._owner, cells["number"], ChoiceChannel.FILE, self._person)
            else:
                exceptions = [text for text in cells["exceptions"].replace("、", ";").split(";") if text.strip()]
                request = ChoiceRequest(cells["number"], kind, ChoiceChannel.FILE, exceptions, requested_at)
                record_choice(self._owner, request, self._person)
        except Refusal as refused:
            field, words = next(iter(refused.fields.items()), ("number", refused.words))
            column = _COLUMNS.get(field, "number")
            return RowError(row.number, column, words, cells[column][:100])
        return None


def _read_moment(text: str) -> datetime | None:
    return from_ms(moment_ms(text)) if text else None


TABLES = (OverseasChoiceTable(),)
