"""Transactions that Kamailio's acc module accounts: an answered INVITE begins a call, its BYE ends it.

acc writes when a transaction is over, so the moment of an INVITE is that of the answer, or of the failure; how long it
rang is not known. A missed call may be one branch of several: an answer outweighs it.
"""

from collections.abc import Mapping

from fanzha.read._calls.moments import moment, seconds, whole
from fanzha.read._calls.record import FOLLOW, Record, Refused
from fanzha.read._calls.release import of_sip
from fanzha.read._convert.zone import Zone

#: Names of the columns in the documentation's examples and in kamailio-utils' tables.
_CALLER = ("src_user", "src_username", "from_user", "caller_id", "caller", "fu")
_CALLEE = ("dst_ouser", "dst_user", "dst_username", "to_user", "callee", "tu", "ru")
_NUMBER = ("pai", "ai", "p_asserted_identity", "asserted_identity")
_DIVERSION = ("diversion", "di", "div", "redirected")
_TRUNK = ("trunk", "src_ip", "si", "srcip", "gw", "src_gw", "carrier")


def transaction(row: int, cells: Mapping[str, str], zone: Zone) -> Record | None:
    """Return the record of one accounted transaction; None for those that are no call (REGISTER, MESSAGE, ACK, …)."""
    method = cells.get("method", "").strip().upper()
    call_id = cells.get("call_id") or cells.get("callid", "")
    if not method or not call_id:
        raise Refused("method" if not method else "callid", "", "没有方法或呼叫标识", "no method or no Call-ID")
    at = _when(cells, zone)
    code = whole(cells.get("code") or cells.get("sip_code", "")) or 0
    if method == "BYE":
        return _bye(row, call_id, at, cells)
    if method not in ("INVITE", "CANCEL"):
        return None
    answered = method == "INVITE" and 200 <= code < 300
    return Record(
        row=row,
        keys=(call_id,),
        start=at,
        answer=at if answered else None,
        end=None if answered else at,
        answered=answered,
        ring_known=False,
        caller=_first(cells, _CALLER),
        callee=_first(cells, _CALLEE),
        asserted_identity=_first(cells, _NUMBER),
        diversion=_first(cells, _DIVERSION),
        trunk=_first(cells, _TRUNK),
        cause=of_sip(487 if method == "CANCEL" else code) if not answered else None,
        released_by="caller" if method == "CANCEL" or code == 487 else "",
        tag=cells.get("from_tag", ""),
    )


def dialog(row: int, cells: Mapping[str, str], zone: Zone) -> Record:
    """Return the record of acc's own CDR (start_time, end_time, duration, and what cdr_extra adds)."""
    start = moment(cells.get("start_time") or cells.get("call_start_time", ""), "start_time", zone)
    if start is None:
        raise Refused("start_time", "", "没有时间", "no time")
    talk = seconds(cells.get("duration", ""), "duration")
    end = moment(cells.get("end_time", ""), "end_time", zone)
    end = start + talk if end is None and talk is not None else end
    call_id = next((cells[name] for name in ("call_id", "callid", "sip_call_id", "ci") if cells.get(name)), "")
    return Record(
        row=row,
        keys=(call_id or f"{start} {_first(cells, _CALLER)} {_first(cells, _CALLEE)} {row}",),
        start=start,
        answer=start if talk else None,
        end=end,
        answered=bool(talk) if talk is not None else None,
        ring_known=False,
        talk_ms=talk,
        caller=_first(cells, _CALLER),
        callee=_first(cells, _CALLEE),
        asserted_identity=_first(cells, _NUMBER),
        diversion=_first(cells, _DIVERSION),
        trunk=_first(cells, _TRUNK),
        last=True,
    )


def _bye(row: int, call_id: str, at: int, cells: Mapping[str, str]) -> Record:
    """A BYE swaps From and To when the called side hangs up, so that it never says who called whom."""
    return Record(
        row=row,
        keys=(call_id,),
        start=at,
        end=at,
        ring_known=False,
        role=FOLLOW,
        order=1,
        cause=16,
        begins=False,
        tag=cells.get("from_tag", ""),
        last=True,
    )


def _when(cells: Mapping[str, str], zone: Zone) -> int:
    for name in ("timestamp", "time_attr", "time_hires", "time"):
        if cells.get(name) and (at := moment(cells[name], name, zone)) is not None:
            return at
    raise Refused("time", "", "没有时间", "no time")


def _first(cells: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((cells[name] for name in names if cells.get(name)), "")
