"""Judge a batch of calls by ingress and claimed number, columnar: one reason a call, or none (handbook §6.2)."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.detect._gateway.reasons import Reason
from fanzha.kinds._numbering.terms import CLASSES, REASONS
from fanzha.kinds._numbering.terms import Reason as Why
from fanzha.kinds.phone_number import NumberClass, NumberingTables, classify_many

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]

NO_TABLES = NumberingTables()
_INGRESS = ("international_gateway", "interconnect", "leased_line", "mobile", "voip")
_ABROAD, _INTERCONNECT, _LEASED, _VOIP = (_INGRESS.index(name) for name in (*_INGRESS[:3], "voip"))
_ROAMING = ("proven", "disproven", "unproven")
_PROVEN, _DISPROVEN = 0, 1
_FROM_ABROAD = {
    NumberClass.DISGUISED: Reason.DISGUISED_FROM_ABROAD,
    NumberClass.EMERGENCY: Reason.EMERGENCY_FROM_ABROAD,
    NumberClass.SERVICE: Reason.SERVICE_FROM_ABROAD,
    NumberClass.PORT_SMS: Reason.PORT_FROM_ABROAD,
    NumberClass.SERVICE_400: Reason.HOTLINE_FROM_ABROAD,
    NumberClass.SERVICE_800: Reason.HOTLINE_FROM_ABROAD,
    NumberClass.FIXED: Reason.FIXED_FROM_ABROAD,
    NumberClass.INVALID: Reason.IMPOSSIBLE_FROM_ABROAD,
}
_CELLULAR = (NumberClass.MOBILE, NumberClass.MVNO, NumberClass.DATA_CARD, NumberClass.IOT)
_UNCERTAIN_FORM = (Why.AREA_MISSING, Why.TRUNK_ZERO_MISSING, Why.BY_SHAPE)
_CERTAIN_CLASS = [REASONS.index(why) for why in (Why.BY_PLAN, Why.ALLOCATED)]
_CERTAIN_DISGUISE = (Why.AT_THE_END, Why.HOME_IN_FOREIGN)


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
        ingress=_index(batch.column("ingress"), _INGRESS),
        number_class=_codes(claimed["number_class"]),
        why=_codes(claimed["reason"]),
        digits=_plain(pc.fill_null(pc.utf8_length(pc.utf8_ltrim(canonical, "+")), 0)),
        bare=~_mask(pc.match_substring_regex(batch.column("caller"), r"^\s*[+＋]|^\s*00")),
        roaming=_index(batch.column("roaming"), _ROAMING),
        attested=_mask(pc.equal(batch.column("attestation"), "A")),
        own=_mask(pc.equal(canonical, proven)),
    )
    reason = np.where(calls.ingress == _ABROAD, _from_abroad(calls), _at_home(calls))
    return Judged(_meant_abroad(reason, calls, canonical), canonical, proven)


def _from_abroad(calls: _Calls) -> Codes:
    """Numbers that cannot come from abroad; a mobile may, if it roams; a number of another country belongs there."""
    reason = np.zeros(calls.ingress.size, np.int64)
    for number_class, found in _FROM_ABROAD.items():
        reason[calls.number_class == CLASSES.index(number_class)] = found
    cellular = np.isin(calls.number_class, [CLASSES.index(c) for c in _CELLULAR])
    reason[cellular & (calls.roaming != _PROVEN) & ~calls.attested] = Reason.MOBILE_UNPROVEN
    satellite = calls.number_class == CLASSES.index(NumberClass.SATELLITE_OR_EMERGENCY)
    reason[(cellular | satellite) & (calls.roaming == _DISPROVEN)] = Reason.MOBILE_NOT_ROAMING
    foreign = calls.number_class == CLASSES.index(NumberClass.FOREIGN)
    reason[foreign & (calls.why == REASONS.index(Why.NOT_IN_COUNTRY_PLAN))] = Reason.UNASSIGNED_ABROAD
    reason[foreign & (calls.why == REASONS.index(Why.PREMIUM_RATE))] = Reason.PREMIUM_FROM_ABROAD
    uncertain = np.isin(calls.why, [REASONS.index(why) for why in _UNCERTAIN_FORM])
    local = calls.bare & (calls.digits >= 7) & (calls.digits <= 8)  # may be local digits of the country of origin
    short_or_fixed = np.isin(reason, (Reason.SERVICE_FROM_ABROAD, Reason.FIXED_FROM_ABROAD, Reason.PORT_FROM_ABROAD))
    reason[short_or_fixed & (uncertain | local)] = Reason.IRREGULAR_FROM_ABROAD
    reason[calls.own | (calls.why == REASONS.index(Why.NOT_A_NUMBER))] = Reason.NONE
    return reason


def _at_home(calls: _Calls) -> Codes:
    """What no line of any network can send; emergency centres call back from mobile networks and across networks."""
    reason = np.zeros(calls.ingress.size, np.int64)
    line = np.isin(calls.ingress, (_LEASED, _VOIP))
    between = line | (calls.ingress == _INTERCONNECT)
    number_class, own = calls.number_class, calls.own
    impossible = (number_class == CLASSES.index(NumberClass.INVALID)) & (calls.digits >= 7)
    reason[between & impossible & ~own] = Reason.IMPOSSIBLE_AT_HOME
    certain = np.isin(calls.why, [REASONS.index(why) for why in _CERTAIN_DISGUISE])
    disguised = number_class == CLASSES.index(NumberClass.DISGUISED)
    reason[disguised & (certain | line | (calls.ingress < 0)) & ~own] = Reason.DISGUISED_AT_HOME
    emergency = number_class == CLASSES.index(NumberClass.EMERGENCY)
    reason[emergency & line & ~own] = Reason.EMERGENCY_ON_LINE
    certain_class = np.isin(calls.why, _CERTAIN_CLASS)
    port = (number_class == CLASSES.index(NumberClass.PORT_SMS)) & certain_class
    reason[port & ~own] = Reason.PORT_CALLS
    iot = (number_class == CLASSES.index(NumberClass.IOT)) & certain_class
    reason[iot & (calls.ingress >= 0)] = Reason.IOT_CALLS
    return reason


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
