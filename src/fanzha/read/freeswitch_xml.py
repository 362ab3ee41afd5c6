"""FreeSWITCH mod_xml_cdr: one `<cdr>` document per leg, one or many per file; values are URL-encoded."""

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from fanzha.base.words import Words
from fanzha.read._calls.call_reader import CallReader, RecordLine
from fanzha.read._calls.freeswitch import combine_variables, parse_leg
from fanzha.read._calls.record import CallRecord, InvalidRecord
from fanzha.read._chunks import MAX_RECORD_BYTES
from fanzha.read._convert.zone import Zone
from fanzha.read._encoding import Utf8Decoder
from fanzha.read._map.column_map import FileLayout
from fanzha.read._reader import FileHead, SourceFile
from fanzha.read._stream import open_stream

_START = re.compile(rb"<cdr[\s>]")  # not <cdrs>, which some exports wrap around the documents
_END = b"</cdr>"
_WRAPPER_END = re.compile(rb"\s*</[\w:.-]+>\s*")
_DTD = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


class FreeswitchXml(CallReader):
    """FreeSWITCH XML CDR."""

    name = "freeswitch-xml"
    title = Words("FreeSWITCH 话单 (mod_xml_cdr)", "FreeSWITCH call detail records (mod_xml_cdr)")

    def recognise(self, head: FileHead) -> float:
        """Look for a `<cdr>` element with variables."""
        return 0.95 if _START.search(head.data[:4_096]) and b"<variables>" in head.data else 0.0

    def read_records(self, source: SourceFile, zone: Zone, layout: FileLayout) -> Iterator[RecordLine]:
        """Yield every leg. Rows are numbered by document."""
        with open_stream(source.path, source.member) as stream:
            for number, document in enumerate(
                _split_documents(Utf8Decoder(stream, layout.encoding).read_blocks()), start=1
            ):
                yield RecordLine(number, _parse_record(number, document, zone), stream.position)


READER = FreeswitchXml()


def _split_documents(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Split a text after every `</cdr>`.

    Of a document longer than MAX_RECORD_BYTES yield the first 256 bytes, which become a reject. An unfinished document
    at the end is yielded too, unless it is only the end tag of an element around all documents.
    """
    remainder = b""
    for block in blocks:
        *complete, remainder = (remainder + block).split(_END)
        for document in complete:
            yield document + _END
        if len(remainder) > MAX_RECORD_BYTES:
            yield remainder[:256]
            remainder = b""
    if remainder.strip() and not _WRAPPER_END.fullmatch(remainder):
        yield remainder[:MAX_RECORD_BYTES]


def _parse_record(number: int, document: bytes, zone: Zone) -> CallRecord | InvalidRecord:
    start = _START.search(document)
    excerpt = document[:200].decode("utf-8", "replace")
    if start is None:
        return InvalidRecord("", excerpt, "不是 <cdr> 文档", "not a <cdr> document")
    if _DTD.search(document):
        return InvalidRecord("", excerpt, "含文档类型定义 (DTD)，不予解析", "has a document type definition (DTD)")
    try:
        return parse_leg(number, _read_variables(ElementTree.fromstring(document[start.start() :])), zone)
    except InvalidRecord as refused:
        return refused
    except (ElementTree.ParseError, ValueError, RecursionError):
        return InvalidRecord("", excerpt, "XML 不完整或有误", "the XML is cut off or wrong")


def _read_variables(cdr: ElementTree.Element) -> Mapping[str, str]:
    profiles = cdr.findall("callflow/caller_profile")  # the latest first
    return combine_variables(
        cdr.findtext("channel_data/direction") or "",
        {element.tag: element.text or "" for element in profiles[-1]} if profiles else {},
        {element.tag: element.text or "" for element in cdr.iterfind("variables/*")},
    )
