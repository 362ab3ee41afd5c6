"""Assess batches of calls by ingress and claimed number: at most one reason for each call."""

from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any, NamedTuple, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.base.kernels import RowBudget, compiled
from fanzha.detect.gateway import ingress_rules as rules
from fanzha.detect.gateway.ingress_rules import INGRESS, ROAMING, reason_code
from fanzha.detect.gateway.reasons import GatewayReason
from fanzha.kinds.numbering.number_reader import read_number
from fanzha.kinds.numbering.terms import REASONS
from fanzha.kinds.numbering.terms import NumberReason as Why
from fanzha.kinds.phone_number import NumberingTables, classify_many

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]

NO_TABLES = NumberingTables()
_BUDGET = RowBudget()


class GatewayAssessment(NamedTuple):
    """The reason, claimed number and proven number of each call of a batch."""

    reasons: Codes  # `GatewayReason`, 0 for none
    claimed: "pa.Array[Any]"  # canonical claimed number, null where the source has none
    proven: "pa.Array[Any]"  # canonical proven number, null where there is none


class _CallColumns(NamedTuple):
    """The arguments of `reason_code`, as one column each."""

    ingress: Codes  # -1 where unknown
    number_class: Codes  # -1 where no number is claimed
    number_reason: Codes
    digits: Codes
    is_bare: Mask  # written without + or 00
    roaming: Codes
    is_attested: Mask  # signed by the originating network as its own customer's (STIR A)
    is_proven_number: Mask  # the claimed number is the proven number


def assess_batch(batch: pa.RecordBatch, tables: NumberingTables = NO_TABLES) -> GatewayAssessment:
    """Assess each call of a `call_offered` batch, with number ranges as allocated at the time of the call."""
    claimed = tables.allocated_many(classify_many(batch.column("caller")), batch.column("occurred_at").to_numpy())
    proven = _single_array(classify_many(batch.column("proven_caller"))["canonical"])
    proven = pc.if_else(pc.not_equal(proven, ""), proven, pa.scalar(None, pa.string()))
    canonical = _single_array(claimed["canonical"])
    columns = _CallColumns(
        ingress=_to_index(batch.column("ingress"), INGRESS),
        number_class=_dictionary_codes(claimed["number_class"]),
        number_reason=_dictionary_codes(claimed["reason"]),
        digits=_to_int64(pc.fill_null(pc.utf8_length(pc.utf8_ltrim(canonical, "+")), 0)),
        is_bare=~_to_mask(pc.match_substring_regex(batch.column("caller"), r"^\s*[+＋]|^\s*00")),
        roaming=_to_index(batch.column("roaming"), ROAMING),
        is_attested=_to_mask(pc.equal(batch.column("attestation"), "A")),
        is_proven_number=_to_mask(pc.equal(canonical, proven)),
    )
    return GatewayAssessment(_drop_foreign_numbers(reason_codes(*columns), columns, canonical), canonical, proven)


def reason_codes(*columns: Codes | Mask) -> Codes:
    """Return the reason code of every call; the arrays are in the order of the arguments of `reason_code`."""
    loop: Callable[..., Codes] = _compiled_loop() if _BUDGET.is_worth_compiling(len(columns[0])) else reason_code_loop
    return loop(*columns)


@cache
def _compiled_loop() -> Callable[..., Codes]:
    """Compile `reason_code_loop` and the functions that it calls, with calls bound to the compiled versions."""
    functions: dict[str, Any] = {}
    for function in [*(getattr(rules, name) for name in rules.RULES), reason_code_loop]:
        copy = FunctionType(function.__code__, {**function.__globals__, **functions}, function.__name__)
        functions[function.__name__] = compiled(copy)
    return cast(Callable[..., Codes], functions["reason_code_loop"])


def reason_code_loop(
    ingress: Codes,
    number_class: Codes,
    number_reason: Codes,
    digits: Codes,
    is_bare: Mask,
    roaming: Codes,
    is_attested: Mask,
    is_proven_number: Mask,
) -> Codes:
    """Return the reason code of every call."""
    reasons = np.zeros(ingress.size, np.int64)
    for row in range(ingress.size):
        reasons[row] = reason_code(
            ingress[row],
            number_class[row],
            number_reason[row],
            digits[row],
            is_bare[row],
            roaming[row],
            is_attested[row],
            is_proven_number[row],
        )
    return reasons


def is_foreign_number(canonical: str) -> bool:
    """Return whether digits that were read as a home number are a complete number of another country."""
    return REASONS[read_number("+" + canonical.removeprefix("+86")).reason] is Why.BY_COUNTRY_PLAN


def _drop_foreign_numbers(reasons: Codes, columns: _CallColumns, canonical: "pa.Array[Any]") -> Codes:
    """Clear the reason "irregular" where the digits are a complete number of another country."""
    doubtful = (reasons == GatewayReason.IRREGULAR_FROM_ABROAD) & (columns.digits >= 8)
    if doubtful.any():
        digits = pc.replace_substring_regex(canonical.filter(pa.array(doubtful)), r"^\+86", "")
        international = pc.binary_join_element_wise("+", digits, "")
        foreign = _dictionary_codes(classify_many(international)["reason"]) == REASONS.index(Why.BY_COUNTRY_PLAN)
        reasons[np.flatnonzero(doubtful)[foreign]] = GatewayReason.NONE
    return reasons


def _single_array(column: "pa.ChunkedArray[Any]") -> "pa.Array[Any]":
    combined: Any = column.combine_chunks()
    return pa.concat_arrays(combined.chunks) if isinstance(combined, pa.ChunkedArray) else combined


def _dictionary_codes(column: "pa.ChunkedArray[Any]") -> Codes:
    """Return the codes of a dictionary column of `classify_many`, -1 where null."""
    chunks: list[Any] = column.chunks
    indices = [chunk.indices for chunk in chunks]
    return _to_int64(pc.fill_null(pa.chunked_array(indices, pa.int16()), -1))


def _to_index(column: "pa.Array[Any]", names: tuple[str, ...]) -> Codes:
    return _to_int64(pc.fill_null(pc.index_in(column, value_set=pa.array(names)), -1))


def _to_int64(column: Any) -> Codes:
    values: Codes = column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy()
    return values.astype(np.int64)


def _to_mask(column: Any) -> Mask:
    filled = pc.fill_null(column, False)
    mask: Mask = filled.to_numpy(zero_copy_only=False) if isinstance(filled, pa.Array) else filled.to_numpy()
    return mask
