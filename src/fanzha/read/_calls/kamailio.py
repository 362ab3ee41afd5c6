"""Parse transactions and CDRs of Kamailio's acc module. An answered INVITE starts a call, its BYE ends it.

acc writes at the end of a transaction, so the time of an INVITE is that of its answer or failure, and the ringing time
is unknown. A missed call may be one of several branches; an answered branch takes precedence.
"""

from collections.abc import Mapping

from fanzha.base.q850 import q850_from_sip
from fanzha.read._calls.fields import parse_count, parse_seconds, parse_timestamp
from fanzha.read._calls.record import FOLLOW, CallRecord, InvalidRecord
from fanzha.read._convert.zone import Zone

#: Names of the columns in the documentation's examples and in kamailio-utils' tables.
_CALLER = ("src_user", "src_username", "from_user", "caller_id", "caller", "fu")
_CALLEE = ("dst_ouser", "dst_user", "dst_username", "to_user", "callee", "tu", "ru")
_IDENTITY = ("pai", "ai", "p_asserted_identity", "asserted_identity")
_DIVERSION = ("diversion", "di", "div", "redirected")
_TRUNK = ("trunk", "src_ip", "si", "srcip", "gw", "src_gw", "carrier")


def parse_transaction(row: int, cells: Mapping[str, str], zone: Zone) -> CallRecord | None:
    """Return the record of one transaction, or None if it is no call (REGISTER, MESSAGE, ACK, …)."""
    method = cells.get("method", "").strip().upper()
    call_id = cells.get("call_id") or cells.get("callid", "")
    if not method or not call_id:
        raise InvalidRecord("method" if not method else "callid", "", "没有方法或呼叫标识", "no method or no Call-ID")
    time = _parse_time(cells, zone)
    code = parse_count(cells.get("code") or cells.get("sip_code", "")) or 0
    if method == "BYE":
        return _parse_bye(row, call_id, time, cells)
    if method not in ("INVITE", "CANCEL"):
        return None
    answered = method == "INVITE" and 200 <= code < 300
    if answered and cells.get("created") and cells.get("setuptime"):
        return _parse_opensips(row, call_id, cells, zone)
    return CallRecord(
        row=row,
        keys=(call_id,),
        start=time,
        answer=time if answered else None,
        end=None if answered else time,
        answered=answered,
        ring_known=False,
        caller=_first_value(cells, _CALLER),
        callee=_first_value(cells, _CALLEE),
        asserted_identity=_first_value(cells, _IDENTITY),
        diversion=_first_value(cells, _DIVERSION),
        trunk=_first_value(cells, _TRUNK),
        cause=q850_from_sip(487 if method == "CANCEL" else code) if not answered else None,
        released_by="caller" if method == "CANCEL" or code == 487 else "",
        tag=cells.get("from_tag", ""),
    )


def _parse_opensips(row: int, call_id: str, cells: Mapping[str, str], zone: Zone) -> CallRecord:
    """Return the record of an answered call with the columns of OpenSIPS' cdr flag: created, setuptime, duration."""
    start = parse_timestamp(cells["created"], "created", zone)
    setup, talk = (parse_seconds(cells.get(name, ""), name) for name in ("setuptime", "duration"))
    if start is None:
        raise InvalidRecord("created", "", "没有时间", "no time")
    answer = start + (setup or 0)
    return CallRecord(
        row=row,
        keys=(call_id,),
        start=start,
        answer=answer,
        end=None if talk is None else answer + talk,
        answered=True,
        talk_ms=talk,
        caller=_first_value(cells, _CALLER),
        callee=_first_value(cells, _CALLEE),
        asserted_identity=_first_value(cells, _IDENTITY),
        diversion=_first_value(cells, _DIVERSION),
        trunk=_first_value(cells, _TRUNK),
        last=talk is not None,
    )


def parse_dialog(row: int, cells: Mapping[str, str], zone: Zone) -> CallRecord:
    """Return the record of acc's own CDR (start_time, end_time, duration, and what cdr_extra adds)."""
    start = parse_timestamp(cells.get("start_time") or cells.get("call_start_time", ""), "start_time", zone)
    if start is None:
        raise InvalidRecord("start_time", "", "没有时间", "no time")
    talk = parse_seconds(cells.get("duration", ""), "duration")
    end = parse_timestamp(cells.get("end_time", ""), "end_time", zone)
    end = start + talk if end is None and talk is not None else end
    call_id = next((cells[name] for name in ("call_id", "callid", "sip_call_id", "ci") if cells.get(name)), "")
    return CallRecord(
        row=row,
        keys=(call_id or f"{start} {_first_value(cells, _CALLER)} {_first_value(cells, _CALLEE)} {row}",),
        start=start,
        answer=start if talk else None,
        end=end,
        answered=bool(talk) if talk is not None else None,
        ring_known=False,
        talk_ms=talk,
        caller=_first_value(cells, _CALLER),
        callee=_first_value(cells, _CALLEE),
        asserted_identity=_first_value(cells, _IDENTITY),
        diversion=_first_value(cells, _DIVERSION),
        trunk=_first_value(cells, _TRUNK),
        last=True,
    )


def _parse_bye(row: int, call_id: str, time: int, cells: Mapping[str, str]) -> CallRecord:
    """Return the record of a BYE, without caller and callee: From and To are swapped if the callee hangs up."""
    return CallRecord(
        row=row,
        keys=(call_id,),
        start=time,
        end=time,
        ring_known=False,
        role=FOLLOW,
        order=1,
        cause=16,
        begins=False,
        tag=cells.get("from_tag", ""),
        last=True,
    )


def _parse_time(cells: Mapping[str, str], zone: Zone) -> int:
    for name in ("timestamp", "time_attr", "time_hires", "time"):
        if cells.get(name) and (time := parse_timestamp(cells[name], name, zone)) is not None:
            return time
    raise InvalidRecord("time", "", "没有时间", "no time")


def _first_value(cells: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((cells[name] for name in names if cells.get(name)), "")
