"""FreeSWITCH mod_xml_cdr: one `<cdr>` document per leg, one or many per file; values are URL-encoded."""

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from fanzha.base.words import Words
from fanzha.read._calls.call_reader import CallReader, RecordLine
from fanzha.read._calls.freeswitch import decode_value, parse_leg
from fanzha.read._calls.record import CallRecord, InvalidRecord
from fanzha.read._chunks import MAX_RECORD_BYTES
from fanzha.read._convert.zone import Zone
from fanzha.read._encoding import Utf8Decoder
from fanzha.read._map.column_map import FileLayout
from fanzha.read._reader import FileHead, SourceFile
from fanzha.read._stream import open_stream

_END = b"</cdr>"
_PROFILE = ("caller_id_number", "ani", "rdnis", "destination_number", "uuid", "network_addr")
_DTD = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


class FreeswitchXml(CallReader):
    """FreeSWITCH XML CDR."""

    name = "freeswitch-xml"
    title = Words("FreeSWITCH 话单 (mod_xml_cdr)", "FreeSWITCH call detail records (mod_xml_cdr)")

    def recognise(self, head: FileHead) -> float:
        """Look for a `<cdr>` element with variables."""
        return 0.95 if re.search(rb"<cdr[\s>]", head.data[:4_096]) and b"<variables>" in head.data else 0.0

    def read_records(self, source: SourceFile, zone: Zone, layout: FileLayout) -> Iterator[RecordLine]:
        """Yield every leg. Rows are numbered by document."""
        with open_stream(source.path, source.member) as stream:
            for number, document in enumerate(
                _split_documents(Utf8Decoder(stream, layout.encoding).read_blocks()), start=1
            ):
                yield RecordLine(number, _parse_record(number, document, zone), stream.position)


READER = FreeswitchXml()


def _split_documents(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Split a text after every `</cdr>`. An unfinished document is yielded as it is."""
    remainder = b""
    for block in blocks:
        *complete, remainder = (remainder + block).split(_END)
        for document in complete:
            yield document + _END
        if len(remainder) > MAX_RECORD_BYTES:
            yield remainder[:256]
            remainder = b""
    if remainder.strip():
        yield remainder[:MAX_RECORD_BYTES]


def _parse_record(number: int, document: bytes, zone: Zone) -> CallRecord | InvalidRecord:
    start = document.find(b"<cdr")
    if start < 0 or _DTD.search(document):
        return InvalidRecord("", document[:200].decode("utf-8", "replace"), "不是 <cdr> 文档", "not a <cdr> document")
    try:
        return parse_leg(number, read_variables(ElementTree.fromstring(document[start:])), zone)
    except InvalidRecord as refused:
        return refused
    except (ElementTree.ParseError, ValueError, RecursionError):
        return InvalidRecord(
            "", document[:200].decode("utf-8", "replace"), "XML 不完整或有误", "the XML is cut off or wrong"
        )


def read_variables(cdr: ElementTree.Element) -> Mapping[str, str]:
    """Return a leg's variables, completed by the caller and callee in the first profile of its call flow."""
    variables = {element.tag: decode_value(element.text or "") for element in cdr.iterfind("variables/*")}
    profiles = cdr.findall("callflow/caller_profile")
    profile = {element.tag: decode_value(element.text or "") for element in profiles[-1]} if profiles else {}
    profile_values = {name: profile[name] for name in _PROFILE if profile.get(name)}
    direction = cdr.findtext("channel_data/direction") or ""
    return {"direction": direction} | profile_values | variables
