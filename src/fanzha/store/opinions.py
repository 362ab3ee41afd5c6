"""Read opinions, decisions and police cases of organisations from JSON Lines or CSV files."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from fanzha.base.clock import moment_ms
from fanzha.base.errors import Malformed, UsageError
from fanzha.claims.opinion import Opinion
from fanzha.claims.snapshot_format.keys import NUMBERS
from fanzha.claims.verdict import Case
from fanzha.kinds import all_kinds
from fanzha.store.csv_rows import read_csv

T = TypeVar("T", Opinion, Case)

_SUBJECT = {
    "subject_kind": ("kind", "对象类型"),
    "subject": ("号码", "对象", "value"),
    "until": ("有效期至", "截止时间"),
}
_OPINION = {
    **_SUBJECT,
    "organisation": ("机构", "来源机构"),
    "level": ("结论", "等级"),
    "given_at": ("作出时间", "标记时间"),
    "score": ("分值",),
    "decision": ("是否决定",),
    "treatment": ("处置",),
    "fraud_type": ("诈骗类型",),
    "holder_from": ("持有人起始",),
    "direction": ("方向",),
    "service": ("业务",),
    "ingress": ("入口",),
    "reason_zh": ("理由", "中文理由"),
    "reason_en": ("英文理由",),
    "basis": ("依据",),
    "simulated": ("模拟",),
}
_CASE = {
    **_SUBJECT,
    "status": ("案件状态",),
    "body": ("公安机关", "立案单位"),
    "reference": ("案件编号",),
    "at": ("立案时间", "时间"),
}
_MOMENTS = ("given_at", "until", "holder_from", "at")
_REQUIRED = {Opinion: ("organisation", "subject", "level", "given_at"), Case: ("subject", "status", "body", "at")}
_LEVELS = {"无嫌疑": "clear", "关注": "watch", "涉诈嫌疑": "suspected"}
_STATUSES = {"已立案": "filed", "认定涉案": "confirmed", "已撤案": "withdrawn"}
_YES = {"是": "true", "否": "false", "yes": "true", "no": "false"}
_WORDS = {"level": _LEVELS, "status": _STATUSES, "decision": _YES, "simulated": _YES}
_FIX = "mend the row or take it out; docs/reference/verdicts.md names the fields"

#: Subject kinds of findings that are not in fanzha.kinds: calls, and senders by name.
OUTSIDE_KINDS = ("call", "sender")
#: Mobile numbers in E.164, which need no normalisation.
_PLAIN_MOBILE = re.compile(r"\+861[3-9][0-9]{9}")


def read_opinions(path: Path) -> Iterator[Opinion]:
    """Yield the opinions of a file (.csv, else JSON Lines) with canonical subjects. Raise UsageError with the row."""
    yield from _read_rows(path, Opinion, _OPINION)


def read_cases(path: Path) -> Iterator[Case]:
    """Yield the police cases of a file, in the same way."""
    yield from _read_rows(path, Case, _CASE)


def _read_rows(path: Path, type_: type[T], headers: dict[str, tuple[str, ...]]) -> Iterator[T]:
    if path.suffix.casefold() == ".csv":
        optional = [name for name in headers if name not in _REQUIRED[type_]]
        for row in read_csv(path, headers, optional=optional):
            fields: dict[str, Any] = {name: cell for name, cell in row.cells.items() if cell}
            yield _convert_row(fields, type_, row.where)
    else:
        yield from _read_json_lines(path, type_)


def _read_json_lines(path: Path, type_: type[T]) -> Iterator[T]:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.isspace():
                    try:
                        fields = decode(line)
                    except (msgspec.DecodeError, UnicodeDecodeError) as error:
                        raise UsageError(f"{path}, line {number}: {error}", fix=_FIX) from None
                    yield _convert_row(fields, type_, f"{path}, line {number}")
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error})") from None


def _convert_row(fields: dict[str, Any], type_: type[T], location: str) -> T:
    """Convert a row. Numbers, times and words are accepted in the forms that people write."""
    try:
        fields["subject_kind"] = kind = fields.get("subject_kind") or "phone_number"
        fields["subject"] = _normalise(kind, fields.get("subject") or "")
        for name in _MOMENTS:
            if isinstance(value := fields.get(name), str):
                fields[name] = moment_ms(value)
        for name, words in _WORDS.items():
            fields |= {name: words.get(fields[name], fields[name])} if name in fields else {}
        return msgspec.convert(fields, type_, strict=False)
    except (Malformed, msgspec.ValidationError) as error:
        raise UsageError(f"{location}: {error}", fix=_FIX) from None


@lru_cache(maxsize=65_536)
def _normalise(kind: str, value: str) -> str:
    if kind in NUMBERS and _PLAIN_MOBILE.fullmatch(value):
        return value
    if kind in OUTSIDE_KINDS:
        return value.strip()
    subject_kind = all_kinds().get(kind)
    if subject_kind is None:
        raise Malformed(f"there is no kind {kind!r}; there are: {', '.join(all_kinds())}")
    return subject_kind.normalise(value)
