"""Read a table of known cases: case number, victim, suspects, first loss, fraud type, amount."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from fanzha.base.errors import Malformed, UsageError
from fanzha.base.words import Words
from fanzha.kinds import all_kinds
from fanzha.kinds.phone_number import KIND as NUMBER
from fanzha.kinds.phone_number import Validity, classify
from fanzha.read import HOME_ZONE, CellTable, find_header, parse_moments, read_cells

DAY_MS = 86_400_000

#: Headers of each column, folded: case, spaces, punctuation and brackets do not matter.
HEADERS: dict[str, tuple[str, ...]] = {
    "case": (
        "案件编号", "案号", "案件号", "立案编号", "警情编号", "接警编号", "接警单编号", "编号",
        "case", "case number", "case no", "case id", "incident", "incident number", "reference",
    ),
    "victim": (
        "受害人号码", "受害人电话", "受害人手机号", "受害人手机号码", "受害人联系电话", "受害人联系方式", "受害号码",
        "被害人号码", "被害人电话", "被害人手机号", "事主号码", "事主电话", "事主手机号", "报案人电话", "报案人号码",
        "受害人账号", "受害账号", "受害人", "victim", "victims", "victim number", "victims number", "victim phone",
        "victim msisdn", "victim account", "complainant", "complainant number",
    ),
    "suspects": (
        "嫌疑号码", "嫌疑人号码", "嫌疑人电话", "嫌疑电话", "涉案号码", "涉案电话", "涉诈号码", "诈骗号码", "诈骗电话",
        "作案号码", "对方号码", "suspect", "suspects", "suspect number", "suspect numbers", "suspect phone",
        "fraud number", "fraud numbers", "fraudster number",
    ),
    "loss": (
        "首笔损失时间", "首次损失时间", "首笔转账时间", "首次转账时间", "首笔汇款时间", "损失时间", "转账时间",
        "汇款时间", "被骗时间", "损失日期", "转账日期", "案发时间", "发案时间", "案发日期",
        "first loss", "first loss time", "first loss date", "time of first loss", "date of first loss", "loss time",
        "loss date", "date of loss", "time of loss", "first transfer", "transfer time", "transfer date", "lost at",
    ),
    "fraud_type": (
        "诈骗类型", "诈骗类别", "诈骗手法", "案件类型", "案件类别", "案别", "类型",
        "fraud type", "type of fraud", "type", "scheme",
    ),
    "amount": (
        "损失金额", "涉案金额", "被骗金额", "首笔金额", "金额",
        "amount", "amount lost", "loss amount", "loss", "damage",
    ),
}  # fmt: skip
_FIX = (
    "the headers are: case number 案件编号, victim 受害人号码, suspects 嫌疑号码, first loss 首笔损失时间, "
    "fraud type 诈骗类型, amount 损失金额; a victim or suspects, and the first loss, are needed"
)
_SEPARATORS = re.compile(r"[、,，;；/|\n]+")
_AMOUNT = re.compile(r"[¥￥$€]?\s*(-?\d+(?:\.\d+)?)\s*(万)?\s*(?:元|人民币|rmb|cny)?", re.IGNORECASE)

NO_LOSS = Words("没有可用的首笔损失时间", "no usable time of the first loss")
NO_PARTY = Words("没有受害人或嫌疑号码", "neither a victim nor a suspect number")


@dataclass(frozen=True)
class FraudCase:
    """One case. The first loss was from `loss_from` to `loss_until` (UTC ms): a whole day if only the date is known.

    Parties are canonical phone numbers, or other subjects in lower case as they were written.
    """

    number: str
    rows: tuple[int, ...]
    victims: tuple[str, ...]
    suspects: tuple[str, ...]
    loss_from: int
    loss_until: int
    fraud_type: str = ""
    amount: float | None = None


class CaseReject(msgspec.Struct, frozen=True):
    """A row that names no case that could be looked for."""

    row: int
    reason: Words


@dataclass
class CaseList:
    """The cases of a file, the rows that are none, and notes for the operator."""

    cases: list[FraudCase] = field(default_factory=list)
    rejects: list[CaseReject] = field(default_factory=list)
    rows: int = 0
    notes: list[Words] = field(default_factory=list)


class _Cells(NamedTuple):
    """The cells of the recognised columns, one list a column; an absent column has empty cells."""

    case: list[str]
    victim: list[str]
    suspects: list[str]
    loss: list[str]
    fraud_type: list[str]
    amount: list[str]


def read_cases(path: Path, zone: str = HOME_ZONE) -> CaseList:
    """Read the cases of a table. Rows of one case number are one case, whose first loss is the earliest.

    Times without a zone are local to `zone`. Raise UsageError if the columns are not there.
    """
    table = read_cells(path)
    headers = {name: find_header(table.cells.column_names, aliases) for name, aliases in HEADERS.items()}
    if headers["loss"] is None or (headers["victim"] is None and headers["suspects"] is None):
        missing = "the time of the first loss" if headers["loss"] is None else "a victim or suspects"
        there = ", ".join(table.cells.column_names[:20])
        raise UsageError(f"{path}: no column holds {missing}; it has: {there}", fix=_FIX)
    cells = _Cells(*(_column(table, headers[name]) for name in _Cells._fields))
    moments = parse_moments(table.cells[headers["loss"]], zone)
    found = CaseList(rows=len(table.rows) + len(table.rejects), notes=list(table.notes))
    found.rejects = [CaseReject(reject.row, Words(reject.reason_zh, reject.reason)) for reject in table.rejects]
    by_number: dict[str, FraudCase] = {}
    for index, row in enumerate(table.rows.tolist()):
        time, is_valid, is_date = int(moments.times[index]), bool(moments.valid[index]), bool(moments.date_only[index])
        victims, suspects = split_parties(cells.victim[index]), split_parties(cells.suspects[index])
        if not is_valid or not (victims or suspects):
            found.rejects.append(CaseReject(row, NO_PARTY if is_valid else NO_LOSS))
            continue
        number = cells.case[index] or f"#{row}"
        case = FraudCase(
            number,
            (row,),
            victims,
            suspects,
            time,
            time + DAY_MS - 1 if is_date else time,
            cells.fraud_type[index],
            parse_amount(cells.amount[index]),
        )
        by_number[number] = _merge(by_number[number], case) if number in by_number else case
    found.cases = list(by_number.values())
    return found


def _column(table: CellTable, header: str | None) -> list[str]:
    if header is None:
        return [""] * table.cells.num_rows
    return [(cell or "").strip() for cell in table.cells[header].to_pylist()]


def _merge(first: FraudCase, second: FraudCase) -> FraudCase:
    """Return one case of two rows of one number; a loss at the same moment is the same loss."""
    earlier = min(first, second, key=lambda case: (case.loss_from, case.loss_until))
    amounts = [case.amount for case in (first, second) if case.amount is not None]
    is_same_loss = first.loss_from == second.loss_from and first.amount == second.amount
    return replace(
        earlier,
        rows=(*first.rows, *second.rows),
        victims=_union(first.victims, second.victims),
        suspects=_union(first.suspects, second.suspects),
        fraud_type=first.fraud_type or second.fraud_type,
        amount=(max(amounts) if is_same_loss else sum(amounts)) if amounts else None,
    )


def _union(*parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for part in parts for value in part))


def split_parties(cell: str) -> tuple[str, ...]:
    """Return the canonical parties of a cell; several are separated by a comma, semicolon, slash or line."""
    parts = (part.strip() for part in _SEPARATORS.split(cell))
    return _union([_canonical(part) for part in parts if part])


def _canonical(text: str) -> str:
    if classify(text).valid is not Validity.NO:
        return NUMBER.normalise(text)
    website: Any = all_kinds()["website"]
    try:
        return str(website.normalise(text)) if "." in text else text.lower()
    except Malformed:
        return text.lower()


def parse_amount(cell: str) -> float | None:
    """Return an amount of money in yuan (万 is ten thousand), None if the cell holds none."""
    match = _AMOUNT.fullmatch(cell.replace(",", "").replace("，", "").strip())
    return float(match[1]) * (10_000 if match[2] else 1) if match else None
