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
from fanzha.kinds.numbering.facts import NumberFacts, classify, classify_foreign
from fanzha.kinds.numbering.plan import plan
from fanzha.kinds.numbering.plan_rules import AS_WRITTEN, ELSEWHERE, HOME, Tables, count_zeros, decide
from fanzha.kinds.numbering.terms import CLASSES, OPERATORS, REASONS, VALIDITIES, NumberClass, NumberReason

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

CHUNK_ROWS = 1 << 20  # rows per chunk: bounds memory, and keeps the text of a chunk below 2 GiB
_MAX_KERNEL_BYTES = 64  # maximum bytes of a row in the kernel; longer rows are classified one by one

_DISGUISED, _INVALID = CLASSES.index(NumberClass.DISGUISED), CLASSES.index(NumberClass.INVALID)
_ASSUMED = REASONS.index(NumberReason.COUNTRY_CODE_ASSUMED)

_BUDGET = RowBudget()

#: Outcome of the kernel for a row: classified, needs the plan of another country, or not processed.
DONE, FOREIGN_PLAN, UNDECIDED = 0, 1, 2

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
    """Classify one plain ASCII text; return the outcome and the end of the written bytes.

    The outcome is DONE, FOREIGN_PLAN or UNDECIDED. `codes` [6] receives class, validity, reason, operator, region and
    whether the canonical value is E.164. `written` receives the canonical value from `at` on, or for FOREIGN_PLAN the
    digits to look up. `digits` is scratch space (64).
    """
    if end - begin > digits.size:
        return UNDECIDED, at
    count, plus = 0, False
    for index in range(begin, end):
        byte = data[index]
        if 48 <= byte <= 57:
            digits[count] = byte - 48
            count += 1
        elif byte == 43 and count == 0:
            plus = True
        elif not (byte == 32 or byte == 45 or byte == 40 or byte == 41 or byte == 46 or byte == 9):
            return UNDECIDED, at
    if count == 0:
        return UNDECIDED, at
    found = decide(digits, count, plus, tables)
    start, form = found[5], found[6]
    for column in range(5):
        codes[column] = found[column]
    codes[5] = form == HOME and found[0] != _INVALID
    if form == AS_WRITTEN:
        zero_count = count_zeros(digits, 0, count)
        plus = plus or 2 <= zero_count < count
        start = zero_count if plus and zero_count < count else 0
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
    return FOREIGN_PLAN if form == ELSEWHERE else DONE, at


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
    """Classify every plain ASCII row; `outcome` has DONE, FOREIGN_PLAN or UNDECIDED for each row.

    `codes` [rows, 6] is as in `read_row`; `written` and `ends` receive the concatenated canonical values.
    """
    digits = np.empty(_MAX_KERNEL_BYTES, np.uint8)
    end = 0
    for row in range(null.size):
        outcome[row] = DONE
        if not null[row]:
            first, last = offsets[row], offsets[row + 1]
            outcome[row], end = read_row(data, first, last, tables, digits, codes[row], written, end)
        ends[row + 1] = end


@cache
def compiled_rules() -> dict[str, Callable[..., Any]]:
    """Compile the rules, `read_row` and `read_rows`, each calling the compiled form of the others."""
    compiled_functions: dict[str, Any] = {}
    functions = [getattr(rules, name) for name in rules.RULE_NAMES]
    for function in [*functions, read_row, read_rows]:
        copy = FunctionType(function.__code__, {**function.__globals__, **compiled_functions}, function.__name__)
        compiled_functions[function.__name__] = compiled(cast(Callable[..., Any], copy))
    return compiled_functions


def classify_many(values: "pa.Array[Any] | pa.ChunkedArray[Any]") -> pa.Table:
    """Classify a column of written numbers. The columns are those of `SCHEMA`, null if the value is null."""
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    batches = []
    for chunk in chunks:
        for first in range(0, len(chunk), CHUNK_ROWS):
            batches.append(_classify_chunk(chunk.slice(first, CHUNK_ROWS).cast(pa.large_string())))
    return pa.Table.from_batches(batches, schema=SCHEMA)


def _classify_chunk(values: "pa.Array[Any]") -> pa.RecordBatch:
    rows = len(values)
    null: NDArray[np.bool_] = values.is_null().to_numpy(zero_copy_only=False)
    offsets, data = _text_of(values)
    codes = np.zeros((rows, 6), np.uint16)
    outcome = np.empty(rows, np.uint8)
    written = np.empty(int(offsets[-1] - offsets[0]) + 4 * rows, np.uint8)
    ends = np.zeros(rows + 1, np.int32)
    if _BUDGET.is_worth_compiling(rows):
        compiled_rules()["read_rows"](offsets, data, null, plan().tables, codes, outcome, written, ends)
    else:
        outcome = np.where(null, np.uint8(DONE), np.uint8(UNDECIDED))
    index: Any = ends
    text: Any = written[: int(ends[-1])]
    canonical: pa.Array[Any] = pa.StringArray.from_buffers(rows, pa.py_buffer(index), pa.py_buffer(text))
    region = np.where((codes[:, 0] == _INVALID) | (codes[:, 0] == _DISGUISED), 0, 1).astype(np.int16)
    canonical = _classify_undecided(canonical, outcome == FOREIGN_PLAN, classify_foreign_text, codes, region, canonical)
    canonical = _classify_undecided(values, outcome == UNDECIDED, classify, codes, region, canonical)
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


def classify_foreign_text(written: str) -> NumberFacts:
    """Classify a text with outcome FOREIGN_PLAN."""
    return classify_foreign(written.lstrip("+"), assumed=not written.startswith("+"))


def _classify_undecided(
    values: "pa.Array[Any]",
    is_undecided: NDArray[np.bool_],
    classify_text: Callable[[str], NumberFacts],
    codes: NDArray[np.uint16],
    region: NDArray[np.int16],
    canonical: "pa.Array[Any]",
) -> "pa.Array[Any]":
    """Classify the undecided rows, each distinct value once; return the canonical values with theirs inserted."""
    if not is_undecided.any():
        return canonical
    mask = pa.array(is_undecided)
    distinct: Any = values.filter(mask).dictionary_encode()
    facts_by_value = [classify_text(value) for value in distinct.dictionary.to_pylist()]
    indices: NDArray[np.int32] = distinct.indices.to_numpy()
    codes[is_undecided] = np.array([_codes_of(facts) for facts in facts_by_value], np.uint16)[indices]
    region_codes = {code: number for number, code in enumerate(_regions())}
    region[is_undecided] = np.array([region_codes[facts.region] for facts in facts_by_value], np.int16)[indices]
    texts = pa.array([facts.canonical for facts in facts_by_value], pa.string()).take(distinct.indices)
    result: pa.Array[Any] = pc.replace_with_mask(canonical, mask, texts)
    return result


def _codes_of(facts: NumberFacts) -> tuple[int, ...]:
    return (
        _CLASS_CODE[facts.number_class],
        _VALIDITY_CODE[facts.valid],
        _REASON_CODE[facts.reason],
        _OPERATOR_CODE[facts.operator],
        _region_codes()[facts.province, facts.city],
        int(facts.e164 is not None),
    )


@cache
def _regions() -> tuple[str, ...]:
    return ("", "CN", *(code for code in plan().countries if code != "CN"))


@cache
def _region_codes() -> dict[tuple[str, str], int]:
    return {(row[0], row[1]): number for number, row in enumerate(plan().regions)}


@cache
def _region_names() -> tuple[list[str], NDArray[np.int16], list[str], NDArray[np.int16]]:
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
    provinces, province_of, cities, city_of = _region_names()
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
