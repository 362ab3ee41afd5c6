"""FreeSWITCH mod_json_cdr: one JSON object a leg, alone in a file or many in one; values may be URL-encoded."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from fanzha.base.words import Words
from fanzha.read._calls.call_reader import CallReader, Line
from fanzha.read._calls.freeswitch import decoded, leg
from fanzha.read._calls.record import Record, Refused
from fanzha.read._convert.zone import Zone
from fanzha.read._encoding import Utf8
from fanzha.read._json.strung import strung
from fanzha.read._map.column_map import Layout
from fanzha.read._opening import opened
from fanzha.read._reader import Head, Source

_PROFILE = ("caller_id_number", "ani", "rdnis", "destination_number", "uuid", "network_addr", "chan_name", "context")


class FreeswitchJson(CallReader):
    """FreeSWITCH JSON CDR."""

    name = "freeswitch-json"
    title = Words("FreeSWITCH 话单 (mod_json_cdr)", "FreeSWITCH call detail records (mod_json_cdr)")

    def recognise(self, head: Head) -> float:
        """Objects with `variables` and `callflow`, as only this module writes them."""
        start = head.data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        if start not in (b"{", b"[") or b'"variables"' not in head.data:
            return 0.0
        return 0.95 if b'"callflow"' in head.data or b'"core-uuid"' in head.data else 0.0

    def lines(self, source: Source, zone: Zone, layout: Layout) -> Iterator[Line]:
        """Yield every leg; rows are counted by object, or by line when there is one on each."""
        with opened(source.path, source.member) as stream:
            for chunk in strung(Utf8(stream, layout.encoding).blocks(), wrapped=False):
                for number, line in enumerate(chunk.data.split(b"\n"), start=chunk.line):
                    if line and not line.isspace():
                        yield Line(number, _record(number, line, zone), stream.position)


READER = FreeswitchJson()


def _record(number: int, line: bytes, zone: Zone) -> Record | Refused:
    try:
        whole = msgspec.json.decode(line)
        return leg(number, variables_of(whole), zone)
    except Refused as refused:
        return refused
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Refused("", line[:200].decode("utf-8", "replace"), "不是 JSON 对象", "not a JSON object")


def variables_of(whole: object) -> Mapping[str, str]:
    """Return a leg's variables, with what the first profile of its call flow knows of the caller and callee."""
    if not isinstance(whole, dict):
        raise Refused("", "", "不是 JSON 对象", "not a JSON object")
    variables = {name: decoded(str(value)) for name, value in _dict(whole.get("variables")).items()}
    flows = whole.get("callflow")
    flow = flows[-1] if isinstance(flows, list) and flows else flows  # the last is the first in time
    profile = _dict(_dict(flow).get("caller_profile"))
    known = {name: decoded(str(profile[name])) for name in _PROFILE if profile.get(name)}
    direction = _dict(whole.get("channel_data")).get("direction")
    return {"direction": str(direction or "")} | known | variables


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
