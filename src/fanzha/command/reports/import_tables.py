"""The import table of reports that another centre took in, such as 12321; each row is one report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from fanzha.base.clock import from_ms, moment_ms
from fanzha.base.errors import Malformed
from fanzha.base.whole_numbers import whole_number
from fanzha.base.words import Words
from fanzha.command.imports.services import ImportColumn, ImportRow, ImportTable, RowError, TableWriter
from fanzha.command.reports.services import (
    LONGEST_CONTACT,
    LONGEST_TEXT,
    MAX_LOSS,
    Submission,
    may_have_happened,
    submit_report,
)

if TYPE_CHECKING:
    from fanzha.command.imports.models import ImportJob

_CATEGORIES: Mapping[str, str] = {
    **{name: name for name in ("call", "text", "link", "app", "account", "payment", "iot")},
    **dict.fromkeys(("电话", "号码", "诈骗电话", "骚扰电话"), "call"),
    **dict.fromkeys(("短信", "垃圾短信", "诈骗短信"), "text"),
    **dict.fromkeys(("网站", "网址", "链接"), "link"),
    **dict.fromkeys(("应用", "应用程序", "手机应用"), "app"),
    **dict.fromkeys(("账号", "网络账号"), "account"),
    **dict.fromkeys(("银行卡", "支付账户", "收款账户"), "payment"),
    **dict.fromkeys(("物联网", "物联网卡"), "iot"),
}
_YES, _NO = {"yes", "true", "1", "是"}, {"", "no", "false", "0", "否"}
_LONGEST = {"number": 64, "thing": 2_000, "text": LONGEST_TEXT, "contact": LONGEST_CONTACT}
_NO_NUMBER = Words("没有受理编号", "has no number")
_NO_CATEGORY = Words("不是举报类别", "is no category of reports")
_NO_ANSWER = Words("须为“是”或“否”", "is neither yes nor no")
_NO_LOSS = Words("不是金额（元，整数）", "is no amount in whole CNY")
_NO_MOMENT = Words("不是时间（如 2026-03-01 08:30）", "is no time (such as 2026-03-01 08:30)")
_NO_SUCH_TIME = Words("晚于当前时间或过早", "is in the future, or too long ago")
_TOO_LONG = Words("内容过长", "is too long")
_NOTHING = Words("没有被举报对象，也没有举报内容", "names neither what is reported nor what was said")


class InvalidReport(ValueError):
    """Raised for a row that is rejected; names the column and the reason."""

    def __init__(self, column: str, words: Words) -> None:
        super().__init__(words.en)
        self.column, self.words = column, words


class ReportTable(ImportTable):
    """Reports of another centre."""

    name = "public_reports"
    title = Words("公众举报", "Public reports")
    about = Words(
        "其他受理中心（如12321）移交的举报，每行一件；同一受理编号只采用一次，由系统归并并转办",
        "Reports that another centre such as 12321 took in, one a row; a number is used once. They are joined and "
        "passed on by the system",
    )
    owners = ("centre", "regulator", "police", "operator", "isp", "platform")
    columns = (
        ImportColumn("number", Words("受理编号", "number"), ("report", "report_id", "举报编号", "工单号")),
        ImportColumn("category", Words("举报类别", "category"), ("target_kind", "对象类型", "举报类型")),
        ImportColumn(
            "thing", Words("被举报对象", "reported"), ("target", "被举报号码", "举报对象", "举报号码"), required=False
        ),
        ImportColumn("text", Words("举报内容", "text"), ("content", "description", "内容", "详情"), required=False),
        ImportColumn("contact", Words("举报人联系方式", "contact"), ("举报人电话",), required=False),
        ImportColumn("paid", Words("是否已转账", "money was paid"), ("已转账",), required=False),
        ImportColumn("nuisance", Words("是否仅骚扰", "nuisance only"), ("仅骚扰",), required=False),
        ImportColumn("loss", Words("损失金额", "loss"), ("loss_cny", "被骗金额", "涉案金额"), required=False),
        ImportColumn(
            "happened_at", Words("事发时间", "happened at"), ("event_time", "来电时间", "收到时间"), required=False
        ),
    )

    def writer(self, job: ImportJob) -> ReportWriter:
        """Return the writer that takes the rows in."""
        return ReportWriter(job)


class ReportWriter(TableWriter):
    """Takes each row in as a report of the organisation that handed the file in."""

    def __init__(self, job: ImportJob) -> None:
        self._owner, self._taker = job.owner, job.made_by.ref if job.made_by else ""

    def write(self, rows: Sequence[ImportRow]) -> list[RowError]:
        """Take rows in; return one error for each row that is rejected."""
        errors = []
        for row in rows:
            try:
                submit_report(self._owner, read_submission(row.cells, self._owner.ref), "", taker=self._taker)
            except InvalidReport as invalid:
                value = row.cells.get(invalid.column, "")[:100]
                errors.append(RowError(row.number, invalid.column, invalid.words, value))
        return errors

    def finish(self) -> Words | None:
        """Return no note: a worker reads the reports."""
        return None


def read_submission(cells: Mapping[str, str], organization: str) -> Submission:
    """Return the report of a row. Raise InvalidReport."""
    for name, most in _LONGEST.items():
        if len(cells[name]) > most:
            raise InvalidReport(name, _TOO_LONG)
    if not cells["number"].strip():
        raise InvalidReport("number", _NO_NUMBER)
    category = _CATEGORIES.get(cells["category"].strip().casefold())
    if category is None:
        raise InvalidReport("category", _NO_CATEGORY)
    if not cells["thing"].strip() and not cells["text"].strip():
        raise InvalidReport("", _NOTHING)
    return Submission(
        category=category,
        nonce=f"feed:{organization}:{cells['number'].strip()}",
        thing=cells["thing"],
        text=cells["text"],
        contact=cells["contact"],
        is_paid=_is_yes("paid", cells),
        is_nuisance=_is_yes("nuisance", cells),
        loss=_read_loss(cells["loss"].strip()),
        happened_at=_read_moment(cells["happened_at"].strip()),
        channel="feed",
        is_worked=True,
    )


def _is_yes(name: str, cells: Mapping[str, str]) -> bool:
    answer = cells[name].strip().casefold()
    if answer not in _YES | _NO:
        raise InvalidReport(name, _NO_ANSWER)
    return answer in _YES


def _read_moment(written: str) -> datetime | None:
    """Return when it happened; without an offset it is in the time zone of the site."""
    if not written:
        return None
    try:
        at = from_ms(moment_ms(written.replace("/", "-"), timezone.get_default_timezone()))
    except (Malformed, OverflowError):
        raise InvalidReport("happened_at", _NO_MOMENT) from None
    if not may_have_happened(at, timezone.now()):
        raise InvalidReport("happened_at", _NO_SUCH_TIME)
    return at


def _read_loss(written: str) -> int | None:
    if not written:
        return None
    loss = whole_number(written)
    if loss is None or not 0 <= loss <= MAX_LOSS:
        raise InvalidReport("loss", _NO_LOSS)
    return loss


TABLES = (ReportTable(),)
