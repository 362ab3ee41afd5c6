"""Apply an operator's allocation table to a classified number; it can make ranges valid that the shipped plan lacks."""

import re
from typing import Any

import msgspec
import pyarrow as pa

from fanzha.base.lazy_module import lazy_module
from fanzha.kinds.numbering.facts import NumberFacts
from fanzha.kinds.numbering.terms import (
    CLASSES,
    OPERATOR_WORDS,
    OPERATORS,
    REASONS,
    VALIDITIES,
    NumberClass,
    NumberReason,
    Operator,
    Validity,
)

pc = lazy_module("pyarrow.compute")  # untyped: the type stubs lose track in nested calls

_SPELLINGS = {
    spelling.casefold(): operator.value
    for operator, words in OPERATOR_WORDS.items()
    for spelling in (operator.value, words.en, words.zh, words.zh.removeprefix("中国"))
}
_CELLULAR = r"^\+861[3-9][0-9]{9}$"
#: Format of the canonical number by class: an allocated prefix does not make a number of wrong length valid.
_FORMATS = {
    NumberClass.MOBILE: _CELLULAR,
    NumberClass.MVNO: _CELLULAR,
    NumberClass.DATA_CARD: _CELLULAR,
    NumberClass.SATELLITE_OR_EMERGENCY: _CELLULAR,
    NumberClass.IOT: rf"{_CELLULAR}|^\+861[0-9]{{12}}$",
    NumberClass.FIXED: r"^\+86(10[0-9]{8}|[2-9][0-9]{8,10})$",
}
_DICTIONARY: pa.DataType = pa.dictionary(pa.int16(), pa.string())
_NO_NUMBERS = (NumberClass.INVALID, NumberClass.DISGUISED)


def operator_code(written: str) -> str:
    """Return the code of an operator given as code or name; an unknown name is unchanged."""
    return _SPELLINGS.get(written.strip().casefold(), written.strip())


def apply_allocation(facts: NumberFacts, entry: dict[str, Any]) -> NumberFacts:
    """Return the facts of a number with an allocation entry applied, unchanged if the digits do not fit its class."""
    operator = operator_code(entry["operator"] or "")
    entry_class = NumberClass(entry["number_class"]) if entry["number_class"] else None
    number_class = entry_class or (NumberClass.MOBILE if facts.number_class in _NO_NUMBERS else facts.number_class)
    fits = number_class is facts.number_class or re.search(_FORMATS.get(number_class, "^$"), facts.canonical)
    if not fits or number_class in _NO_NUMBERS:
        return facts
    return msgspec.structs.replace(
        facts,
        number_class=number_class,
        valid=Validity.YES,
        reason=NumberReason.ALLOCATED,
        e164=facts.canonical,
        region="CN",
        possible=True,
        operator=Operator(operator) if operator in set(Operator) else facts.operator,
        province=entry["province"] or facts.province,
        city=entry["city"] or facts.city,
        imitates="" if facts.number_class in _NO_NUMBERS else facts.imitates,
    )


def apply_allocation_many(numbers: pa.Table, entries: pa.Table) -> pa.Table:
    """Apply `apply_allocation` to rows of `classify_many` and the entry of each row."""
    before = numbers["number_class"].cast(pa.string())
    after = pc.coalesce(entries["number_class"], pc.if_else(_is_none(before), NumberClass.MOBILE.value, before))
    fits = pc.and_(pc.equal(after, before), pc.invert(_is_none(after)))
    for number_class, shape in _FORMATS.items():
        shaped = pc.match_substring_regex(numbers["canonical"], shape)
        fits = pc.or_(fits, pc.and_(pc.equal(after, number_class.value), shaped))
    found = pc.fill_null(pc.and_(pc.is_valid(entries["prefix"]), fits), False)
    operator = pc.if_else(found, _operators(entries["operator"]), None)
    changed = {
        "number_class": _encode(pc.if_else(found, after, before), CLASSES),
        "valid": _encode(_replace_where(found, Validity.YES, numbers["valid"]), VALIDITIES),
        "reason": _encode(_replace_where(found, NumberReason.ALLOCATED, numbers["reason"]), REASONS),
        "e164": pc.if_else(found, numbers["canonical"], numbers["e164"]),
        "region": _encode_distinct(_replace_where(found, "CN", numbers["region"])),
        "operator": _encode(pc.coalesce(operator, numbers["operator"].cast(pa.string())), OPERATORS),
        "province": _replace_place(found, entries["province"], numbers["province"]),
        "city": _replace_place(found, entries["city"], numbers["city"]),
    }
    for name, column in changed.items():
        field = numbers.schema.field(name)
        numbers = numbers.set_column(numbers.schema.get_field_index(name), field, column)
    return numbers


def _replace_where(found: Any, value: str, column: Any) -> Any:
    return pc.if_else(found, str(value), column.cast(pa.string()))


def _replace_place(found: Any, names: Any, column: Any) -> Any:
    written = pc.if_else(pc.and_(found, pc.fill_null(pc.not_equal(names, ""), False)), names, None)
    return _encode_distinct(pc.coalesce(written, column.cast(pa.string())))


def _is_none(classes: Any) -> Any:
    return pc.is_in(classes, pa.array([number_class.value for number_class in _NO_NUMBERS]))


def _operators(names: Any) -> Any:
    """Return the codes of operators, null for an unknown name."""
    distinct = pc.unique(names)
    codes = [operator_code(name or "") for name in distinct.to_pylist()]
    operators = pa.array([code if code in set(Operator) else None for code in codes], pa.string())
    return operators.take(pc.index_in(names, value_set=distinct))


def _encode_distinct(column: Any) -> Any:
    return _encode(column, tuple(name for name in pc.unique(column).to_pylist() if name is not None))


def _encode(column: Any, names: tuple[str, ...]) -> Any:
    """Encode a column with indices into `names`, as `classify_many` does."""
    words = pa.array([str(name) for name in names], pa.string())
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    codes = [pc.index_in(chunk, value_set=words).cast(pa.int16()) for chunk in chunks]
    whole: Any = pa.chunked_array
    return whole([pa.DictionaryArray.from_arrays(part, words) for part in codes], _DICTIONARY)
