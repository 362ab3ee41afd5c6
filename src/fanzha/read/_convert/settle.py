"""What follows from other columns: hosts from URLs, the two sides of a bill, proven callers, times that are missing."""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events import Column
from fanzha.kinds.phone_number import classify_many
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.columns import e164
from fanzha.read._convert.sheet import Sheet
from fanzha.read._convert.sites import split_site
from fanzha.read._convert.text import mask, tidy
from fanzha.read._map.column_map import ColumnMap

MISSING = Words("必填项为空", "a required value is empty")
NO_TIME = Words("没有时间", "no time")
ENDS_EARLY = Words("结束时间早于开始时间", "it ends before it begins")
NO_HOST = Words("不是域名或网址", "not a host or URL")
NOT_A_DIRECTION = Words(
    "方向取值未在映射的 direction 中说明", "the map's [direction] does not say what this word means"
)

_CHANNEL_OF = {
    "port_sms": "port_sms",
    **dict.fromkeys(("mobile", "mvno", "data_card", "iot"), "sms"),
}
#: On incoming calls and texts of a bill these change places.
_SIDES = {"calls": ("caller", "callee"), "call_offered": ("caller", "callee"), "message": ("sender", "recipient")}


def plain_sides(columns: dict[str, Column], map_: ColumnMap) -> dict[str, Column]:
    """Return the columns as they are read before two sides change places: as written, either may be claimed."""
    if map_.direction is None or map_.table not in _SIDES:
        return columns
    second = _SIDES[map_.table][1]
    return columns | {second: replace(columns[second], kind="")}


def settle(sheet: Sheet, map_: ColumnMap, targets: dict[str, Column], given: dict[str, ArrowColumn]) -> None:
    """Complete the sheet in place and note rows that lack what they must have."""
    if map_.table == "site_seen":
        _hosts(sheet)
    if map_.direction is not None and map_.direction.from_ in given:
        _turn(sheet, map_, given)
    _proven(sheet, map_)
    if follows_sender(map_) and "sender" in sheet.columns:
        sheet.columns["channel"] = _channels(sheet.columns["sender"])
    for name, column in targets.items():
        if column.required and name in sheet.columns and name not in ("occurred_at", "call_id"):
            sheet.fault(name, mask(sheet.columns[name].is_null()), MISSING)
    if "ended_at" in sheet.columns and "occurred_at" in sheet.columns:
        early = pc.less(sheet.columns["ended_at"], sheet.columns["occurred_at"])
        sheet.fault("ended_at", mask(early), ENDS_EARLY)


def follows_sender(map_: ColumnMap) -> bool:
    """Return whether the channel of texts is known by their senders alone; turns of a conversation may be of any."""
    said = {*map_.columns, *map_.constants}
    return map_.table == "message" and not said & {"channel", "conversation", "turn"}


def _channels(senders: ArrowColumn) -> ArrowColumn:
    """A 106 number sends over a port, a telephone does not; what else a text shows as its sender may be forged."""
    each = senders.dictionary_encode()
    classes = classify_many(each.dictionary.cast(pa.string()))["number_class"].cast(pa.string())
    known = pa.array([_CHANNEL_OF.get(str(one)) for one in classes.to_pylist()], pa.string())
    return known.take(each.indices)


def settle_times(sheet: Sheet, default_ms: int | None, moment_ms: int, *, may_lack: bool = False) -> bool:
    """Give every row a time; return whether the times are the source's own (and so part of what the fact is).

    Rows without one get the default of the map; `may_lack`: or else the moment of the run.
    """
    column = sheet.columns.get("occurred_at")
    if column is None:
        moment = moment_ms if default_ms is None else default_ms
        sheet.columns["occurred_at"] = pa.array(np.full(sheet.rows, moment, np.int64))
        return False
    if default_ms is None and not may_lack:
        sheet.fault("occurred_at", mask(column.is_null()), NO_TIME)
    sheet.columns["occurred_at"] = pc.fill_null(column, moment_ms if default_ms is None else default_ms)
    return True


def _hosts(sheet: Sheet) -> None:
    cell = sheet.columns.get("host", sheet.columns.get("url"))
    if cell is None:
        return
    host, url = split_site(cell.cast(pa.large_string()))
    if "url" in sheet.columns and "host" in sheet.columns:
        second, _ = split_site(sheet.columns["url"].cast(pa.large_string()))
        host = pc.coalesce(host, second)
    sheet.fault("host" if "host" in sheet.columns else "url", mask(pc.and_(cell.is_valid(), host.is_null())), NO_HOST)
    sheet.columns["host"] = host
    sheet.columns.setdefault("url", url)


def _turn(sheet: Sheet, map_: ColumnMap, given: dict[str, ArrowColumn]) -> None:
    direction = map_.direction
    if direction is None or map_.table not in _SIDES:
        return
    words = pc.utf8_lower(tidy(given[direction.from_]))
    incoming = mask(pc.is_in(words, value_set=_lower(direction.incoming)))
    outgoing = mask(pc.is_in(words, value_set=_lower(direction.outgoing)))
    if direction.outgoing:
        sheet.fault(_SIDES[map_.table][0], ~incoming & ~outgoing, NOT_A_DIRECTION)
    ours, other = (sheet.columns.get(name) for name in _SIDES[map_.table])
    nothing = pa.nulls(sheet.rows, pa.large_string())
    ours, other = nothing if ours is None else ours, nothing if other is None else other
    turned = pa.array(incoming)
    first, second = _SIDES[map_.table]
    sheet.columns[first] = pc.if_else(turned, other, ours)
    sheet.columns[second] = e164(pc.if_else(turned, ours, other))
    if map_.proven.outgoing and first == "caller":
        own = e164(pc.if_else(turned, pa.scalar(None, ours.type), ours))
        sheet.columns["proven_caller"] = _first(sheet, "proven_caller", own)


def _lower(words: tuple[str, ...]) -> ArrowColumn:
    return pa.array([word.strip().lower() for word in words], pa.large_string())


def _proven(sheet: Sheet, map_: ColumnMap) -> None:
    """A caller is proven where the map says that calls of this ingress are our own subscribers'."""
    if map_.proven.ingress and "ingress" in sheet.columns and "caller" in sheet.columns:
        ours = pc.is_in(sheet.columns["ingress"], value_set=pa.array(map_.proven.ingress))
        caller = sheet.columns["caller"]
        proven = e164(pc.if_else(pc.fill_null(ours, False), caller, pa.scalar(None, caller.type)))
        sheet.columns["proven_caller"] = _first(sheet, "proven_caller", proven)


def _first(sheet: Sheet, name: str, otherwise: ArrowColumn) -> ArrowColumn:
    there = sheet.columns.get(name)
    return otherwise if there is None else pc.coalesce(there.cast(otherwise.type), otherwise)
