"""Derive columns from others: hosts from URLs, sides of a bill, proven callers, channels, missing times."""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events import Column
from fanzha.kinds.phone_number import classify_many
from fanzha.read._arrow import ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.columns import normalise_numbers
from fanzha.read._convert.rows import TypedRows
from fanzha.read._convert.sites import split_site
from fanzha.read._convert.text import normalise_text, to_mask
from fanzha.read._map.column_map import ColumnMap

MISSING = Words("必填项为空", "a required value is empty")
NO_TIME = Words(
    "没有时间；如须使用此行，请在映射的 [time] 写 default",
    "no time; if the row is to be used, write `default` under the map's [time]",
)
ENDS_EARLY = Words("结束时间早于开始时间", "it ends before it begins")
NO_HOST = Words("不是域名或网址", "not a host or URL")
NOT_A_DIRECTION = Words(
    "方向取值未在映射的 direction 中说明", "the map's [direction] does not say what this word means"
)

_MOBILE_CLASSES = ("mobile", "mvno", "data_card", "iot")
_CHANNEL_OF = {"port_sms": "port_sms", **dict.fromkeys(_MOBILE_CLASSES, "sms")}
#: The two columns that are swapped for incoming calls and texts of a bill.
_SIDES = {"calls": ("caller", "callee"), "call_offered": ("caller", "callee"), "message": ("sender", "recipient")}


def defer_normalisation(columns: dict[str, Column], map_: ColumnMap) -> dict[str, Column]:
    """Return the columns to parse before sides are swapped: the second side is not normalised yet."""
    if map_.direction is None or map_.table not in _SIDES:
        return columns
    second = _SIDES[map_.table][1]
    return columns | {second: replace(columns[second], kind="")}


def derive_columns(
    rows: TypedRows, map_: ColumnMap, targets: dict[str, Column], source_columns: dict[str, ArrowColumn]
) -> None:
    """Add derived columns in place, and faults for rows without required values."""
    if map_.table == "site_seen":
        _derive_hosts(rows)
    if map_.direction is not None and map_.direction.from_ in source_columns:
        _swap_sides(rows, map_, source_columns)
    _derive_proven_caller(rows, map_)
    if derives_channel(map_) and "sender" in rows.columns:
        rows.columns["channel"] = _derive_channels(rows.columns["sender"])
    for name, column in targets.items():
        if column.required and name in rows.columns and name not in ("occurred_at", "call_id"):
            rows.add_fault(name, to_mask(rows.columns[name].is_null()), MISSING)
    if "ended_at" in rows.columns and "occurred_at" in rows.columns:
        early = pc.less(rows.columns["ended_at"], rows.columns["occurred_at"])
        rows.add_fault("ended_at", to_mask(early), ENDS_EARLY)


def derives_channel(map_: ColumnMap) -> bool:
    """Return whether the channel of texts is derived from their senders. That of conversations is not."""
    names = {*map_.columns, *map_.constants}
    return map_.table == "message" and not names & {"channel", "conversation", "turn"}


def _derive_channels(senders: ArrowColumn) -> ArrowColumn:
    """Return port_sms for 106 numbers and sms for subscriber numbers. Other senders may be forged, so they get null."""
    encoded = senders.dictionary_encode()
    classes = classify_many(encoded.dictionary.cast(pa.string()))["number_class"].cast(pa.string())
    channels = pa.array([_CHANNEL_OF.get(str(number_class)) for number_class in classes.to_pylist()], pa.string())
    return channels.take(encoded.indices)


def fill_times(rows: TypedRows, default_ms: int | None, observed_at: int) -> bool:
    """Fill missing times; return whether the source has a time column (and times are part of the event's identity).

    A call without a begin gets the moment of its answer or of its end less its duration. Other rows without a time get
    the default of the map; without one they are rejected, unless the source has no times at all, when all get the time
    of the run.
    """
    column = _coalesce_call_times(rows)
    if column is None:
        time_ms = observed_at if default_ms is None else default_ms
        rows.columns["occurred_at"] = pa.array(np.full(rows.count, time_ms, np.int64))
        return False
    if default_ms is None:
        rows.add_fault("occurred_at", to_mask(column.is_null()), NO_TIME)
    rows.columns["occurred_at"] = pc.fill_null(column, observed_at if default_ms is None else default_ms)
    return True


def _coalesce_call_times(rows: TypedRows) -> ArrowColumn | None:
    """Return the begin of each row, else the moment of its answer, else of its end less its duration; None if no
    column of times is mapped."""
    begin, answered_at, ended_at = (rows.columns.get(name) for name in ("occurred_at", "answered_at", "ended_at"))
    moments = [column for column in (begin, answered_at) if column is not None]
    if ended_at is not None:
        nulls = pa.nulls(rows.count, pa.int64())
        length = pc.coalesce(rows.columns.get("total_ms", nulls), rows.columns.get("talk_ms", nulls), 0)
        moments.append(pc.subtract(ended_at, length))
    if not moments:
        return None
    return moments[0] if len(moments) == 1 else pc.coalesce(*moments)


def _derive_hosts(rows: TypedRows) -> None:
    cell = rows.columns.get("host", rows.columns.get("url"))
    if cell is None:
        return
    host, url = split_site(cell.cast(pa.large_string()))
    if "url" in rows.columns and "host" in rows.columns:
        second, _ = split_site(rows.columns["url"].cast(pa.large_string()))
        host = pc.coalesce(host, second)
    rows.add_fault(
        "host" if "host" in rows.columns else "url", to_mask(pc.and_(cell.is_valid(), host.is_null())), NO_HOST
    )
    rows.columns["host"] = host
    rows.columns.setdefault("url", url)


def _swap_sides(rows: TypedRows, map_: ColumnMap, source_columns: dict[str, ArrowColumn]) -> None:
    direction = map_.direction
    if direction is None or map_.table not in _SIDES:
        return
    words = pc.utf8_lower(normalise_text(source_columns[direction.from_]))
    incoming = to_mask(pc.is_in(words, value_set=_lowercase(direction.incoming)))
    outgoing = to_mask(pc.is_in(words, value_set=_lowercase(direction.outgoing)))
    if direction.outgoing:
        rows.add_fault(_SIDES[map_.table][0], ~incoming & ~outgoing, NOT_A_DIRECTION)
    first_cells, second_cells = (rows.columns.get(name) for name in _SIDES[map_.table])
    nulls = pa.nulls(rows.count, pa.large_string())
    first_cells, second_cells = (
        nulls if first_cells is None else first_cells,
        nulls if second_cells is None else second_cells,
    )
    swapped = pa.array(incoming)
    first, second = _SIDES[map_.table]
    rows.columns[first] = pc.if_else(swapped, second_cells, first_cells)
    rows.columns[second] = normalise_numbers(pc.if_else(swapped, first_cells, second_cells))
    if map_.proven.outgoing and first == "caller":
        own_numbers = normalise_numbers(pc.if_else(swapped, pa.scalar(None, first_cells.type), first_cells))
        rows.columns["proven_caller"] = _coalesce_column(rows, "proven_caller", own_numbers)


def _lowercase(words: tuple[str, ...]) -> ArrowColumn:
    return pa.array([word.strip().lower() for word in words], pa.large_string())


def _derive_proven_caller(rows: TypedRows, map_: ColumnMap) -> None:
    """Set the proven caller for calls from an ingress that the map lists as that of own subscribers.

    An ingress that is a constant of the map says nothing of one call: with `mobile`, only mobile numbers are proven.
    """
    if map_.proven.ingress and "ingress" in rows.columns and "caller" in rows.columns:
        is_own = pc.is_in(rows.columns["ingress"], value_set=pa.array(map_.proven.ingress))
        caller = rows.columns["caller"]
        if map_.constants.get("ingress") == "mobile" and "ingress" not in map_.columns:
            is_own = pc.and_(is_own, _is_mobile(caller))
        proven = normalise_numbers(pc.if_else(pc.fill_null(is_own, False), caller, pa.scalar(None, caller.type)))
        rows.columns["proven_caller"] = _coalesce_column(rows, "proven_caller", proven)


def _is_mobile(numbers: ArrowColumn) -> ArrowColumn:
    """Return which numbers are of mobile classes."""
    encoded = numbers.dictionary_encode()
    classes = classify_many(encoded.dictionary.cast(pa.string()))["number_class"].cast(pa.string())
    is_mobile = pc.is_in(classes, value_set=pa.array(_MOBILE_CLASSES)).combine_chunks()
    return pc.fill_null(is_mobile.take(encoded.indices), False)


def _coalesce_column(rows: TypedRows, name: str, fallback: ArrowColumn) -> ArrowColumn:
    column = rows.columns.get(name)
    return fallback if column is None else pc.coalesce(column.cast(fallback.type), fallback)
