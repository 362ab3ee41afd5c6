"""Telephone numbers: E.164, the Chinese numbering plan, disguised numbers and range holders."""

from typing import Any, ClassVar, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.kinds._kind import Fact, SubjectKind
from fanzha.kinds.numbering.facts import NumberFacts, classify
from fanzha.kinds.numbering.operator_tables import Allocation, NumberingTables, Portability
from fanzha.kinds.numbering.periods import number_keys, periods_of
from fanzha.kinds.numbering.plan import plan, service_names
from fanzha.kinds.numbering.terms import (
    CAPABILITY_WORDS,
    CLASS_WORDS,
    OPERATOR_WORDS,
    VALIDITY_WORDS,
    Capability,
    NumberClass,
    NumberReason,
    Operator,
    Validity,
)

LONGEST_DIGITS = 25  # a 106 port number has 20; up to 25 may be a disguised number
_PUBLIC = {
    NumberClass.SERVICE,
    NumberClass.EMERGENCY,
    NumberClass.PORT_SMS,
    NumberClass.SERVICE_400,
    NumberClass.SERVICE_800,
}
_LIKENESS = {Validity.YES: 0.9, Validity.UNKNOWN: 0.45, Validity.NO: 0.05}


#: Times are UTC milliseconds, `holder_from` inclusive and `holder_until` exclusive; null is an open end.
_HOLDER_COLUMNS: dict[str, pa.DataType] = {
    "number": pa.string(),  # canonical, as `normalise` writes it
    "holder_from": pa.int64(),
    "holder_until": pa.int64(),
}
HOLDER_SCHEMA: pa.Schema = pa.schema(_HOLDER_COLUMNS)


class HolderPeriod(NamedTuple):
    """Period in which one holder has a number (UTC ms).

    A number may be reassigned. Each holder is a separate subject, identified by number and `holder_from`.
    """

    number: str
    holder_from: int
    holder_until: int | None = None

    def holds(self, at: int) -> bool:
        """Return whether this holder has the number at a moment (UTC ms)."""
        return self.holder_from <= at and (self.holder_until is None or at < self.holder_until)


class Holders:
    """Holder periods of numbers, by time."""

    def __init__(self, table: pa.Table) -> None:
        """Take a table of HOLDER_SCHEMA."""
        self._periods = periods_of(number_keys(table["number"]), table, "holder_from", "holder_until")
        self._rows = table.select(HOLDER_SCHEMA.names).combine_chunks()

    def at(self, number: str, at: int) -> HolderPeriod | None:
        """Return the holder period of a canonical number at a moment (UTC ms), or None if no holder is known."""
        keys = number_keys(pa.array([number], pa.string()))
        row = int(self._periods.at(keys, np.array([at], np.int64))[0])
        return None if row < 0 else HolderPeriod(**self._rows.slice(row, 1).to_pylist()[0])

    def holder_from(
        self, numbers: "pa.Array[Any] | pa.ChunkedArray[Any]", moments: NDArray[np.int64]
    ) -> "pa.Array[Any]":
        """Return the start of the holder period of each canonical number at its moment, null if no holder is known."""
        row = self._periods.at(number_keys(numbers), moments)
        starts = self._rows["holder_from"].combine_chunks()
        where: Any = pa.array(row, mask=row < 0)
        return starts.take(where)


def classify_many(values: "pa.Array[Any] | pa.ChunkedArray[Any]") -> pa.Table:
    """Classify a column of written numbers as `classify` does; null stays null.

    The columns are number_class, valid, reason, canonical, e164, region, operator, province and city.
    """
    from fanzha.kinds.numbering.columns import classify_many as many  # compiles on first use

    return many(values)


def normalise_many(values: "pa.Array[Any] | pa.ChunkedArray[Any]") -> "pa.ChunkedArray[Any]":
    """Return the canonical form of a column of written numbers; null if `normalise` would raise."""
    import pyarrow.compute

    pc: Any = pyarrow.compute
    canonical = classify_many(values)["canonical"]
    length = pc.utf8_length(pc.utf8_ltrim(canonical, "+"))
    usable = pc.and_(pc.greater(length, 0), pc.less_equal(length, LONGEST_DIGITS))
    normal: pa.ChunkedArray[Any] = pc.if_else(usable, canonical, pa.scalar(None, pa.string()))
    return normal


class PhoneNumber(SubjectKind):
    """A telephone number; canonical is E.164 if the number has one, else its digits (110, 95588, 106…)."""

    name: ClassVar[str] = "phone_number"
    title: ClassVar[Words] = Words("电话号码", "phone number")
    stix: ClassVar[str] = "phone-number"  # the name that OpenCTI gives it, so that both compute the same id
    misp: ClassVar[str] = "phone-number"
    is_personal: ClassVar[bool] = True

    def normalise(self, raw: str) -> str:
        """Return the canonical form, also of disguised and impossible numbers. Raise Malformed for other text."""
        facts = classify(raw)
        canonical = facts.canonical
        if not canonical:
            raise Malformed(facts.reason_words.en)
        if len(canonical.lstrip("+")) > LONGEST_DIGITS:
            raise Malformed(f"a telephone number has at most {LONGEST_DIGITS} digits")
        return canonical

    def mask(self, value: str) -> str:
        """Hide the middle of a number (`+86 17•• ••3 4521`); service and port numbers are public and unchanged."""
        facts = classify(value)
        if facts.number_class in _PUBLIC:
            return value
        if not facts.canonical:
            return value[:1] + "•••"
        code = "+86" if facts.region == "CN" and facts.e164 else _country_code(facts.canonical)
        return f"{code} {_masked(facts.canonical[len(code) :])}".strip()

    def describe(self, value: str) -> list[Fact]:
        """Return class, validity with reason, country, place, operator by allocation, and capabilities of the range."""
        return facts_of(classify(value))

    def resembles(self, raw: str) -> float:
        """Score by class and validity: a full valid number scores highest."""
        facts = classify(raw)
        if not facts.canonical:
            return 0.0
        if facts.number_class is NumberClass.DISGUISED:
            return 0.5
        if facts.reason is NumberReason.AREA_MISSING or (facts.number_class is NumberClass.FOREIGN and not facts.e164):
            return 0.25
        likeness = _LIKENESS[facts.valid]
        return min(likeness, 0.6) if facts.number_class in (NumberClass.SERVICE, NumberClass.EMERGENCY) else likeness


def _country_code(canonical: str) -> str:
    import phonenumbers

    if not canonical.startswith("+"):
        return ""
    codes = (canonical[1 : 1 + width] for width in (1, 2, 3))
    return next((f"+{code}" for code in codes if code and int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE), "+")


def _masked(digits: str) -> str:
    """Keep the first two digits and at most the last five; hide at least four."""
    tail = max(0, min(5, len(digits) - 6))
    first = min(2, max(0, len(digits) - 4 - tail))
    masked = digits[:first] + "•" * (len(digits) - first - tail) + digits[len(digits) - tail :]
    groups = (4, 3, 4) if len(masked) == 11 else (4,) * (len(masked) // 4 + 1)
    parts, start = [], 0
    for width in groups:
        parts.append(masked[start : start + width])
        start += width
    return " ".join(filter(None, parts))


def facts_of(facts: NumberFacts) -> list[Fact]:
    """Return the known facts of a number in both languages; unknown facts are omitted."""
    numbering_plan, reason = plan(), facts.reason_words
    valid = VALIDITY_WORDS[facts.valid]
    why = Words(f"{valid.zh}：{reason.zh}", f"{valid.en}: {reason.en}")
    found = [
        Fact("number_class", Words("类别", "class"), facts.number_class.value, CLASS_WORDS[facts.number_class]),
        Fact("valid", Words("是否有效", "valid"), facts.valid.value, why),
        _text("e164", Words("国际格式", "E.164"), facts.e164 or ""),
        _text("national", Words("国内拨法", "dialled at home"), facts.national if facts.region == "CN" else ""),
        _fact_with_words(
            "region", Words("国家或地区", "country or region"), facts.region, numbering_plan.countries.get(facts.region)
        ),
        _fact_with_words(
            "province", Words("省份", "province"), facts.province, numbering_plan.provinces.get(facts.province)
        ),
        _fact_with_words(
            "city", Words("城市", "city"), facts.city, numbering_plan.cities.get((facts.province, facts.city))
        ),
        _operator(facts),
        _fact_with_words(
            "service", Words("号码归属", "whose number"), facts.national, service_names().get(facts.national)
        ),
        _fact_with_words("voice", Words("语音", "voice"), facts.voice.value, _capability(facts.voice)),
        _fact_with_words("texts", Words("短信", "texts"), facts.texts.value, _capability(facts.texts)),
        _text("imitates", Words("模仿的号码", "imitates"), facts.imitates),
    ]
    return [fact for fact in found if fact is not None]


def _text(name: str, title: Words, value: str) -> Fact | None:
    return Fact(name, title, value, Words(value, value)) if value else None


def _fact_with_words(name: str, title: Words, value: str, words: Words | None) -> Fact | None:
    return Fact(name, title, value, words) if value and words else None


def _operator(facts: NumberFacts) -> Fact | None:
    if facts.operator is Operator.NONE:
        return None
    name = OPERATOR_WORDS[facts.operator]
    on = Words("承载网络：", "on the network of ") if facts.mvno else Words("", "")
    words = Words(
        f"{on.zh}{name.zh}（按号段；可能已携号转网）", f"{on.en}{name.en} (by allocation; may have been ported)"
    )
    return Fact("operator", Words("运营商", "operator"), facts.operator.value, words)


def _capability(capability: Capability) -> Words | None:
    return CAPABILITY_WORDS[capability] if capability is not Capability.NOT_SAID else None


KIND = PhoneNumber()

__all__ = [
    "Allocation",
    "HOLDER_SCHEMA",
    "HolderPeriod",
    "Holders",
    "KIND",
    "NumberClass",
    "NumberFacts",
    "NumberingTables",
    "Portability",
    "Validity",
    "classify",
    "classify_many",
    "normalise_many",
]
