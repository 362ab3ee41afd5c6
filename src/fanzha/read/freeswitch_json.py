"""FreeSWITCH mod_json_cdr: one JSON object per leg, one or many per file; values may be URL-encoded."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from fanzha.base.words import Words
from fanzha.read._calls.call_reader import CallReader, RecordLine
from fanzha.read._calls.freeswitch import combine_variables, parse_leg
from fanzha.read._calls.record import CallRecord, InvalidRecord
from fanzha.read._convert.zone import Zone
from fanzha.read._encoding import Utf8Decoder
from fanzha.read._json.scanner import split_objects
from fanzha.read._map.column_map import FileLayout
from fanzha.read._reader import FileHead, SourceFile
from fanzha.read._stream import open_stream


class FreeswitchJson(CallReader):
    """FreeSWITCH JSON CDR."""

    name = "freeswitch-json"
    title = Words("FreeSWITCH 话单 (mod_json_cdr)", "FreeSWITCH call detail records (mod_json_cdr)")

    def recognise(self, head: FileHead) -> float:
        """Look for objects with `variables` and `callflow` or `core-uuid`, which only this module writes."""
        start = head.data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        if start not in (b"{", b"[") or b'"variables"' not in head.data:
            return 0.0
        return 0.95 if b'"callflow"' in head.data or b'"core-uuid"' in head.data else 0.0

    def read_records(self, source: SourceFile, zone: Zone, layout: FileLayout) -> Iterator[RecordLine]:
        """Yield every leg. Rows are numbered by object, or by line if each line is one object."""
        with open_stream(source.path, source.member) as stream:
            for chunk in split_objects(Utf8Decoder(stream, layout.encoding).read_blocks(), wrapped=False):
                for number, line in enumerate(chunk.data.split(b"\n"), start=chunk.line):
                    if line and not line.isspace():
                        yield RecordLine(number, _parse_record(number, line, zone), stream.position)


READER = FreeswitchJson()


def _parse_record(number: int, line: bytes, zone: Zone) -> CallRecord | InvalidRecord:
    try:
        document = msgspec.json.decode(line)
        return parse_leg(number, _read_variables(document), zone)
    except InvalidRecord as refused:
        return refused
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return InvalidRecord("", line[:200].decode("utf-8", "replace"), "不是 JSON 对象", "not a JSON object")


def _read_variables(document: object) -> Mapping[str, str]:
    if not isinstance(document, dict):
        raise InvalidRecord("", "", "不是 JSON 对象", "not a JSON object")
    flows = document.get("callflow")
    flow = flows[-1] if isinstance(flows, list) and flows else flows  # the latest first
    return combine_variables(
        str(_as_dict(document.get("channel_data")).get("direction") or ""),
        _as_dict(_as_dict(flow).get("caller_profile")),
        _as_dict(document.get("variables")),
    )


def _as_dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
