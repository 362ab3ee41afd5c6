"""Import table of the signals of numbers that banks ask for. A new file of an operator replaces its previous one.

An operator speaks for the numbers that it runs: a row about another operator's number could clear that number's tags by
a change of its holder, and answer banks about it. Such rows are rejected.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from django.utils import timezone

from fanzha.base.clock import EARLIEST_MS, LATEST_MS, moment_ms
from fanzha.base.errors import Malformed, UsageError
from fanzha.base.words import Words
from fanzha.command.imports.models import ImportJob
from fanzha.command.imports.tables.table import ImportColumn, ImportRow, ImportTable, RowError, TableWriter
from fanzha.command.organizations.selectors import explain_foreign_numbers
from fanzha.kinds.phone_number import normalise_many
from fanzha.store.number_signals import (
    AREA_LIMITS,
    BINDINGS,
    CONTRACTS,
    FORWARDING_BITS,
    FORWARDING_KNOWN,
    SIGNAL_RECORD,
    count_signals,
    number_digits,
    write_signals,
)

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_NO_NUMBER = Words("不是电话号码", "is not a telephone number")
_NO_MOMENT = Words("不是时刻（ISO 8601 或 UTC 毫秒）", "is not a moment (ISO 8601 or UTC milliseconds)")
_NO_VALUE = Words("不是允许的取值", "is not one of the allowed values")
_TIMES = ("sim_activated_at", "sim_changed_at", "device_first_used_at", "device_changed_at", "holder_from")
_FORWARDING = FORWARDING_BITS | {
    "inactive": 0, "无": 0, "未设置": 0, "无条件转移": 2, "无条件": 2, "遇忙转移": 4, "无应答转移": 8, "不可及转移": 16,
}  # fmt: skip
_CODES: Mapping[str, Mapping[str, int]] = {
    "contract": CONTRACTS | {"预付费": 1, "后付费": 2, "单位": 3, "集团": 3},
    "imei_binding": BINDINGS | {"已绑定": 1, "未绑定": 2},
    "area_limit": AREA_LIMITS | {"已限制": 1, "未限制": 2},
    "withheld": {"yes": 1, "no": 0, "是": 1, "否": 0, "true": 1, "false": 0},
}


class NumberSignalsTable(ImportTable):
    """Import table of number signals."""

    name = "number_signals"
    title = Words("号码状态（供银行核验）", "Signals of numbers (for banks)")
    about = Words(
        "换卡、换机、现机主起始、呼叫转移及物联网卡限制；银行经 CAMARA 接口按依据文件查询，不含机主身份",
        "Changes of SIM and device, the present holder's start, call forwarding and limits of IoT cards. Banks ask by "
        "the CAMARA interfaces on a document of basis. It has nobody's identity",
    )
    owners = ("carrier", "mvno")
    columns = (
        ImportColumn("number", Words("号码", "number"), ("手机号", "msisdn")),
        ImportColumn("sim_activated_at", Words("卡启用时间", "SIM activated"), ("激活时间",), required=False),
        ImportColumn("sim_changed_at", Words("最近换卡时间", "latest SIM change"), ("换卡时间",), required=False),
        ImportColumn("device_first_used_at", Words("首次上机时间", "device first used"), required=False),
        ImportColumn("device_changed_at", Words("最近换机时间", "latest device change"), ("换机时间",), required=False),
        ImportColumn("holder_from", Words("现机主起始时间", "present holder since"), ("入网时间",), required=False),
        ImportColumn("forwarding", Words("呼叫转移", "call forwarding"), ("呼转",), required=False),
        ImportColumn("contract", Words("付费方式", "contract"), required=False),
        ImportColumn("imei_binding", Words("机卡绑定", "IMEI binding"), required=False),
        ImportColumn("area_limit", Words("区域限制", "area limit"), required=False),
        ImportColumn("withheld", Words("不对外提供", "withheld"), required=False),
    )

    def writer(self, job: ImportJob) -> "NumberSignalsWriter":
        """Return the writer of its rows."""
        return NumberSignalsWriter(job.owner)


class NumberSignalsWriter(TableWriter):
    """Writer that collects records, and replaces the operator's file when the import is finished."""

    def __init__(self, owner: "Organization") -> None:
        self._owner = owner
        self._numbers: list[np.ndarray[Any, np.dtype[np.int64]]] = []
        self._records: list[np.ndarray[Any, np.dtype[np.void]]] = []

    def write(self, rows: Sequence[ImportRow]) -> list[RowError]:
        """Collect the valid rows of the operator's own numbers; return one error for each rejected row."""
        canonical: list[str | None] = normalise_many(
            pa.array([row.cells["number"] for row in rows], pa.string())
        ).to_pylist()
        foreign = explain_foreign_numbers(self._owner, [number or "" for number in canonical], timezone.now())
        numbers, records, errors = [], [], []
        for row, number, why in zip(rows, canonical, foreign, strict=True):
            if number is None or not number.startswith("+"):
                errors.append(RowError(row.number, "number", _NO_NUMBER, row.cells["number"]))
            elif why is not None:
                errors.append(RowError(row.number, "number", why, row.cells["number"]))
            elif isinstance(parsed := _parse(row), RowError):
                errors.append(parsed)
            else:
                numbers.append(number_digits(number))
                records.append(parsed)
        self._numbers.append(np.array(numbers, np.int64))
        self._records.append(np.array(records, SIGNAL_RECORD))
        return errors

    def finish(self) -> Words | None:
        """Write the file, from which look-ups answer at once. Raise UsageError if most numbers would be lost."""
        numbers = np.concatenate(self._numbers) if self._numbers else np.empty(0, np.int64)
        records = np.concatenate(self._records) if self._records else np.empty(0, SIGNAL_RECORD)
        previous = count_signals(self._owner.ref)
        if len(numbers) * 2 < previous:
            raise UsageError(
                f"{len(numbers):,} numbers, the present table has {previous:,}",
                fix="hand in the complete table; to shrink it, remove its file in tables/number_signals first",
            )
        write_signals(self._owner.ref, numbers, records)
        return None


def _parse(row: ImportRow) -> "tuple[Any, ...] | RowError":
    """Return the cells of a row in the order of the record, or why the row is rejected."""
    values: list[Any] = []
    for name in _TIMES:
        try:
            values.append(_parse_time(row.cells.get(name, "")))
        except Malformed:
            return RowError(row.number, name, _NO_MOMENT, row.cells[name])
    for name in ("forwarding", *_CODES):
        text = row.cells.get(name, "").strip().casefold()
        code = _parse_forwarding(text) if name == "forwarding" else _CODES[name].get(text) if text else 0
        if code is None:
            return RowError(row.number, name, _NO_VALUE, row.cells[name])
        values.append(code)
    return (*values, (0, 0, 0))


def _parse_forwarding(text: str) -> int | None:
    """Return the bits of conditions joined by `;`, 0 for no statement, None for an unknown condition."""
    parts = [part.strip() for part in text.replace("；", ";").split(";") if part.strip()]
    if not parts:
        return 0
    if not set(parts) <= _FORWARDING.keys():
        return None
    bits = FORWARDING_KNOWN
    for part in parts:
        bits |= _FORWARDING[part]
    return bits


def _parse_time(text: str) -> int:
    """Return UTC milliseconds, 0 for an empty cell; what is before 1990 counts as 1990. Raise Malformed."""
    if not text:
        return 0
    moment = int(text) if text.isascii() and text.isdigit() and 11 <= len(text) <= 14 else moment_ms(text)
    if moment >= LATEST_MS:
        raise Malformed("no moment that can be")
    return max(moment, EARLIEST_MS)
