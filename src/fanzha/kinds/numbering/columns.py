"""Classify columns of numbers: `decide` is compiled for plain ASCII rows; other rows are classified one by one."""

from collections.abc import Callable, Sequence
from functools import cache
from types import FunctionType
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.base.kernels import RowBudget, compiled
from fanzha.kinds.numbering import plan_rules as rules
from fanzha.kinds.numbering.facts import NumberFacts, classify, elsewhere
from fanzha.kinds.numbering.plan import plan
from fanzha.kinds.numbering.plan_rules import AS_WRITTEN, ELSEWHERE, HOME, Tables, decide, zeros
from fanzha.kinds.numbering.terms import CLASSES, OPERATORS, REASONS, VALIDITIES, NumberClass, NumberReason

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

PIECE = 1 << 20  # rows per chunk: bounds memory, and keeps the text of a chunk below 2 GiB
_WIDEST = 64  # maximum bytes of a row in the kernel; longer rows are classified one by one

_DISGUISED, _INVALID = CLASSES.index(NumberClass.DISGUISED), CLASSES.index(NumberClass.INVALID)
_ASSUMED = REASONS.index(NumberReason.COUNTRY_CODE_ASSUMED)

_BUDGET = RowBudget()

#: Outcome of the kernel for a row: classified, needs the plan of another country, or not processed.
DONE, ABROAD, ODD = 0, 1, 2

_DICTIONARY: pa.DataType = pa.dictionary(pa.int16(), pa.string())

_CLASS_CODE = {member: code for code, member in enumerate(CLASSES)}
_VALIDITY_CODE = {member: code for code, member in enumerate(VALIDITIES)}
_REASON_CODE = {member: code for code, member in enumerate(REASONS)}
_OPERATOR_CODE = {member: code for code, member in enumerate(OPERATORS)}

#: The columns of `classify_many`; names as in `NumberFacts`.
SCHEMA: pa.Schema = pa.schema(
    [
        pa.field("number_class", _DICTIONARY),
        pa.field("valid", _DICTIONARY),
        pa.field("reason", _DICTIONARY),
        pa.field("canonical", pa.string()),
        pa.field("e164", pa.string()),
        pa.field("region", _DICTIONARY),
        pa.field("operator", _DICTIONARY),
        pa.field("province", _DICTIONARY),
        pa.field("city", _DICTIONARY),
    ]
)


def read_row(
    data: NDArray[np.uint8],
    begin: int,
    end: int,
    tables: Tables,
    digits: NDArray[np.uint8],
    codes: NDArray[np.uint16],
    written: NDArray[np.uint8],
    at: int,
) -> tuple[int, int]:
    """Classify one plain ASCII text; return DONE, ABROAD or ODD, and the end of the written bytes.

    `codes` [6] receives class, validity, reason, operator, region and whether the canonical value is E.164. `written`
    receives the canonical value from `at` on, or the digits to look up for ABROAD. `digits` is scratch space (64).
    """
    if end - begin > digits.size:
        return ODD, at
    count, plus = 0, False
    for index in range(begin, end):
        byte = data[index]
        if 48 <= byte <= 57:
            digits[count] = byte - 48
            count += 1
        elif byte == 43 and count == 0:
            plus = True
        elif not (byte == 32 or byte == 45 or byte == 40 or byte == 41 or byte == 46 or byte == 9):
            return ODD, at
    if count == 0:
        return ODD, at
    found = decide(digits, count, plus, tables)
    start, form = found[5], found[6]
    for column in range(5):
        codes[column] = found[column]
    codes[5] = form == HOME and found[0] != _INVALID
    if form == AS_WRITTEN:
        nulls = zeros(digits, 0, count)
        plus = plus or 2 <= nulls < count
        start = nulls if plus and nulls < count else 0
    elif form == ELSEWHERE:
        plus = found[2] != _ASSUMED
    if form == HOME or plus:
        written[at] = 43
        at += 1
    if form == HOME:
        written[at], written[at + 1] = 56, 54
        at += 2
    for index in range(start, count):
        written[at] = digits[index] + 48
        at += 1
    return ABROAD if form == ELSEWHERE else DONE, at


def read_rows(
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
    null: NDArray[np.bool_],
    tables: Tables,
    codes: NDArray[np.uint16],
    outcome: NDArray[np.uint8],
    written: NDArray[np.uint8],
    ends: NDArray[np.int32],
) -> None:
    """Classify every plain ASCII row; `outcome` has DONE, ABROAD or ODD for each row.

    `codes` [rows, 6] is as in `read_row`; `written` and `ends` receive the concatenated canonical values.
    """
    digits = np.empty(_WIDEST, np.uint8)
    end = 0
    for row in range(null.size):
        outcome[row] = DONE
        if not null[row]:
            first, last = offsets[row], offsets[row + 1]
            outcome[row], end = read_row(data, first, last, tables, digits, codes[row], written, end)
        ends[row + 1] = end


@cache
def machine() -> dict[str, Callable[..., Any]]:
    """Compile the rules, `read_row` and `read_rows`, each calling the compiled form of the others."""
    parts: dict[str, Any] = {}
    texts = [getattr(rules, name) for name in rules.PARTS]
    for text in [*texts, read_row, read_rows]:
        part = FunctionType(text.__code__, {**text.__globals__, **parts}, text.__name__)
        parts[text.__name__] = compiled(cast(Callable[..., Any], part))
    return parts


def classify_many(values: "pa.Array[Any] | pa.ChunkedArray[Any]") -> pa.Table:
    """Classify a column of written numbers. The columns are those of `SCHEMA`, null if the value is null."""
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    batches = []
    for chunk in chunks:
        for first in range(0, len(chunk), PIECE):
            batches.append(_classify_piece(chunk.slice(first, PIECE).cast(pa.large_string())))
    return pa.Table.from_batches(batches, schema=SCHEMA)


def _classify_piece(values: "pa.Array[Any]") -> pa.RecordBatch:
    rows = len(values)
    null: NDArray[np.bool_] = values.is_null().to_numpy(zero_copy_only=False)
    offsets, data = _text_of(values)
    codes = np.zeros((rows, 6), np.uint16)
    outcome = np.empty(rows, np.uint8)
    written = np.empty(int(offsets[-1] - offsets[0]) + 4 * rows, np.uint8)
    ends = np.zeros(rows + 1, np.int32)
    if _BUDGET.is_worth_compiling(rows):
        machine()["read_rows"](offsets, data, null, plan().tables, codes, outcome, written, ends)
    else:
        outcome = np.where(null, np.uint8(DONE), np.uint8(ODD))
    index: Any = ends
    text: Any = written[: int(ends[-1])]
    canonical: pa.Array[Any] = pa.StringArray.from_buffers(rows, pa.py_buffer(index), pa.py_buffer(text))
    region = np.where((codes[:, 0] == _INVALID) | (codes[:, 0] == _DISGUISED), 0, 1).astype(np.int16)
    canonical = _one_by_one(canonical, outcome == ABROAD, look_up_abroad, codes, region, canonical)
    canonical = _one_by_one(values, outcome == ODD, classify, codes, region, canonical)
    return _batch(codes, region, canonical, null)


def _text_of(values: "pa.Array[Any]") -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return the offsets and bytes of a large_string array, without copying."""
    offset_buffer: Any
    data_buffer: Any
    _, offset_buffer, data_buffer = values.buffers()
    empty = np.zeros(1, np.int64)
    offsets = np.frombuffer(offset_buffer, np.int64)[values.offset :] if offset_buffer else empty
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer else np.empty(0, np.uint8)
    return offsets[: len(values) + 1], data


def look_up_abroad(written: str) -> NumberFacts:
    """Classify a text with outcome ABROAD."""
    return elsewhere(written.lstrip("+"), assumed=not written.startswith("+"))


def _one_by_one(
    values: "pa.Array[Any]",
    is_undecided: NDArray[np.bool_],
    judge: Callable[[str], NumberFacts],
    codes: NDArray[np.uint16],
    region: NDArray[np.int16],
    canonical: "pa.Array[Any]",
) -> "pa.Array[Any]":
    """Classify the undecided rows, each distinct value once; return the canonical values with theirs inserted."""
    if not is_undecided.any():
        return canonical
    mask = pa.array(is_undecided)
    distinct: Any = values.filter(mask).dictionary_encode()
    found = [judge(value) for value in distinct.dictionary.to_pylist()]
    at: NDArray[np.int32] = distinct.indices.to_numpy()
    codes[is_undecided] = np.array([_codes_of(facts) for facts in found], np.uint16)[at]
    region_codes = {code: number for number, code in enumerate(_regions())}
    region[is_undecided] = np.array([region_codes[facts.region] for facts in found], np.int16)[at]
    texts = pa.array([facts.canonical for facts in found], pa.string()).take(distinct.indices)
    put: pa.Array[Any] = pc.replace_with_mask(canonical, mask, texts)
    return put


def _codes_of(facts: NumberFacts) -> tuple[int, ...]:
    return (
        _CLASS_CODE[facts.number_class],
        _VALIDITY_CODE[facts.valid],
        _REASON_CODE[facts.reason],
        _OPERATOR_CODE[facts.operator],
        _places()[facts.province, facts.city],
        int(facts.e164 is not None),
    )


@cache
def _regions() -> tuple[str, ...]:
    return ("", "CN", *(code for code in plan().countries if code != "CN"))


@cache
def _places() -> dict[tuple[str, str], int]:
    return {(row[0], row[1]): number for number, row in enumerate(plan().regions)}


@cache
def _names() -> tuple[list[str], NDArray[np.int16], list[str], NDArray[np.int16]]:
    """Return provinces and cities as dictionaries, each with its code for every region."""
    provinces = list(dict.fromkeys(row[0] for row in plan().regions))
    cities = list(dict.fromkeys(row[1] for row in plan().regions))
    province_of = np.array([provinces.index(row[0]) for row in plan().regions], np.int16)
    city_of = np.array([cities.index(row[1]) for row in plan().regions], np.int16)
    return provinces, province_of, cities, city_of


def _batch(
    codes: NDArray[np.uint16],
    region: NDArray[np.int16],
    canonical: "pa.Array[Any]",
    null: NDArray[np.bool_],
) -> pa.RecordBatch:
    provinces, province_of, cities, city_of = _names()
    location = codes[:, 4]

    def decode(code: NDArray[Any], names: Sequence[str]) -> "pa.Array[Any]":
        indices: Any = pa.array(code.astype(np.int16), mask=null)
        return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string()))

    no_text = pa.scalar(None, pa.string())
    arrays: list[pa.Array[Any]] = [
        decode(codes[:, 0], CLASSES),
        decode(codes[:, 1], VALIDITIES),
        decode(codes[:, 2], REASONS),
        pc.if_else(pa.array(null), no_text, canonical) if null.any() else canonical,
        pc.if_else(pa.array(codes[:, 5] == 1), canonical, no_text),
        decode(region, _regions()),
        decode(codes[:, 3], OPERATORS),
        decode(province_of[location], provinces),
        decode(city_of[location], cities),
    ]
    return pa.record_batch(arrays, schema=SCHEMA)
