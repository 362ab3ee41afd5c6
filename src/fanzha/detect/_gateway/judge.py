"""Judge a batch of calls by ingress and claimed number, columnar: one reason a call, or none (handbook §6.2)."""

from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any, NamedTuple, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.base.kernels import RowBudget, compiled
from fanzha.detect._gateway import ruling as rules
from fanzha.detect._gateway.reasons import Reason
from fanzha.detect._gateway.ruling import INGRESS, ROAMING, ruling
from fanzha.kinds.numbering.number_reader import read_number
from fanzha.kinds.numbering.terms import REASONS
from fanzha.kinds.numbering.terms import NumberReason as Why
from fanzha.kinds.phone_number import NumberingTables, classify_many

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]

NO_TABLES = NumberingTables()
_BUDGET = RowBudget()


class Judged(NamedTuple):
    """The judgement of each call of a batch."""

    reason: Codes  # `Reason`, 0 where there is nothing to say
    claimed: "pa.Array[Any]"  # canonical claimed number, null where the source has none
    proven: "pa.Array[Any]"  # canonical proven number, null where nobody proved one


class _Calls(NamedTuple):
    """What the judgement looks at, a code or a mask for each call."""

    ingress: Codes  # -1 where unknown
    number_class: Codes  # -1 where no number is claimed
    why: Codes
    digits: Codes
    bare: Mask  # written without + or 00
    roaming: Codes
    attested: Mask  # signed by the network of origin as its own customer's (STIR A)
    own: Mask  # the claimed number is the one the trunk proved


def judge(batch: pa.RecordBatch, tables: NumberingTables = NO_TABLES) -> Judged:
    """Return the reason for each call of a `call_offered` batch, ranges being as allocated at its moment."""
    claimed = tables.allocated_many(classify_many(batch.column("caller")), batch.column("occurred_at").to_numpy())
    proven = _one(classify_many(batch.column("proven_caller"))["canonical"])
    proven = pc.if_else(pc.not_equal(proven, ""), proven, pa.scalar(None, pa.string()))
    canonical = _one(claimed["canonical"])
    calls = _Calls(
        ingress=_index(batch.column("ingress"), INGRESS),
        number_class=_codes(claimed["number_class"]),
        why=_codes(claimed["reason"]),
        digits=_plain(pc.fill_null(pc.utf8_length(pc.utf8_ltrim(canonical, "+")), 0)),
        bare=~_mask(pc.match_substring_regex(batch.column("caller"), r"^\s*[+＋]|^\s*00")),
        roaming=_index(batch.column("roaming"), ROAMING),
        attested=_mask(pc.equal(batch.column("attestation"), "A")),
        own=_mask(pc.equal(canonical, proven)),
    )
    return Judged(_meant_abroad(rulings_of(*calls), calls, canonical), canonical, proven)


def rulings_of(*calls: Codes | Mask) -> Codes:
    """Rule on every call, its codes and masks given as arrays in the order of `ruling`."""
    rule: Callable[..., Codes] = _machine() if _BUDGET.is_worth_compiling(len(calls[0])) else rulings
    return rule(*calls)


@cache
def _machine() -> Callable[..., Codes]:
    """Compile `rulings` and the rules that it calls: the same texts, calling each other's compiled form."""
    parts: dict[str, Any] = {}
    for text in [*(getattr(rules, name) for name in rules.PARTS), rulings]:
        part = FunctionType(text.__code__, {**text.__globals__, **parts}, text.__name__)
        parts[text.__name__] = compiled(part)
    return cast(Callable[..., Codes], parts["rulings"])


def rulings(
    ingress: Codes,
    number_class: Codes,
    why: Codes,
    digits: Codes,
    bare: Mask,
    roaming: Codes,
    attested: Mask,
    own: Mask,
) -> Codes:
    """Rule on every call."""
    found = np.zeros(ingress.size, np.int64)
    for row in range(ingress.size):
        found[row] = ruling(
            ingress[row],
            number_class[row],
            why[row],
            digits[row],
            bare[row],
            roaming[row],
            attested[row],
            own[row],
        )
    return found


def meant_abroad(canonical: str) -> bool:
    """Say whether bare digits taken for a home number are a full number of another country."""
    return REASONS[read_number("+" + canonical.removeprefix("+86")).reason] is Why.BY_COUNTRY_PLAN


def _meant_abroad(reason: Codes, calls: _Calls, canonical: "pa.Array[Any]") -> Codes:
    """Take back what is only irregular when the bare digits are a full number of another country."""
    doubtful = (reason == Reason.IRREGULAR_FROM_ABROAD) & (calls.digits >= 8)
    if doubtful.any():
        digits = pc.replace_substring_regex(canonical.filter(pa.array(doubtful)), r"^\+86", "")
        written = pc.binary_join_element_wise("+", digits, "")
        foreign = _codes(classify_many(written)["reason"]) == REASONS.index(Why.BY_COUNTRY_PLAN)
        reason[np.flatnonzero(doubtful)[foreign]] = Reason.NONE
    return reason


def _one(column: "pa.ChunkedArray[Any]") -> "pa.Array[Any]":
    whole: Any = column.combine_chunks()
    return pa.concat_arrays(whole.chunks) if isinstance(whole, pa.ChunkedArray) else whole


def _codes(column: "pa.ChunkedArray[Any]") -> Codes:
    """Return the codes of a dictionary column of `classify_many`, -1 where null."""
    chunks: list[Any] = column.chunks
    indices = [chunk.indices for chunk in chunks]
    return _plain(pc.fill_null(pa.chunked_array(indices, pa.int16()), -1))


def _index(column: "pa.Array[Any]", names: tuple[str, ...]) -> Codes:
    return _plain(pc.fill_null(pc.index_in(column, value_set=pa.array(names)), -1))


def _plain(column: Any) -> Codes:
    values: Codes = column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy()
    return values.astype(np.int64)


def _mask(column: Any) -> Mask:
    filled = pc.fill_null(column, False)
    mask: Mask = filled.to_numpy(zero_copy_only=False) if isinstance(filled, pa.Array) else filled.to_numpy()
    return mask
