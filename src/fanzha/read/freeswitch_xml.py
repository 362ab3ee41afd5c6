"""FreeSWITCH mod_xml_cdr: a `<cdr>` document a leg, alone in a file or several in one; values are URL-encoded."""

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from fanzha.base.words import Words
from fanzha.read._calls.call_reader import CallReader, Line
from fanzha.read._calls.freeswitch import decoded, leg
from fanzha.read._calls.record import Record, Refused
from fanzha.read._chunks import LONGEST_RECORD
from fanzha.read._convert.zone import Zone
from fanzha.read._encoding import Utf8
from fanzha.read._map.column_map import Layout
from fanzha.read._opening import opened
from fanzha.read._reader import Head, Source

_END = b"</cdr>"
_PROFILE = ("caller_id_number", "ani", "rdnis", "destination_number", "uuid", "network_addr")
_DECLARED = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


class FreeswitchXml(CallReader):
    """FreeSWITCH XML CDR."""

    name = "freeswitch-xml"
    title = Words("FreeSWITCH 话单 (mod_xml_cdr)", "FreeSWITCH call detail records (mod_xml_cdr)")

    def recognise(self, head: Head) -> float:
        """A `<cdr>` element with variables."""
        return 0.95 if re.search(rb"<cdr[\s>]", head.data[:4_096]) and b"<variables>" in head.data else 0.0

    def lines(self, source: Source, zone: Zone, layout: Layout) -> Iterator[Line]:
        """Yield every leg; rows are counted by document."""
        with opened(source.path, source.member) as stream:
            for number, document in enumerate(_documents(Utf8(stream, layout.encoding).blocks()), start=1):
                yield Line(number, _record(number, document, zone), stream.position)


READER = FreeswitchXml()


def _documents(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Cut a text after every `</cdr>`; a document that never ends comes as it is."""
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(_END)
        for document in whole:
            yield document + _END
        if len(rest) > LONGEST_RECORD:
            yield rest[:256]
            rest = b""
    if rest.strip():
        yield rest[:LONGEST_RECORD]


def _record(number: int, document: bytes, zone: Zone) -> Record | Refused:
    start = document.find(b"<cdr")
    if start < 0 or _DECLARED.search(document):
        return Refused("", document[:200].decode("utf-8", "replace"), "不是 <cdr> 文档", "not a <cdr> document")
    try:
        return leg(number, variables_of(ElementTree.fromstring(document[start:])), zone)
    except Refused as refused:
        return refused
    except (ElementTree.ParseError, ValueError, RecursionError):
        return Refused("", document[:200].decode("utf-8", "replace"), "XML 不完整或有误", "the XML is cut off or wrong")


def variables_of(cdr: ElementTree.Element) -> Mapping[str, str]:
    """Return a leg's variables, with what the first profile of its call flow knows of the caller and callee."""
    variables = {one.tag: decoded(one.text or "") for one in cdr.iterfind("variables/*")}
    profiles = cdr.findall("callflow/caller_profile")
    profile = {one.tag: decoded(one.text or "") for one in profiles[-1]} if profiles else {}
    known = {name: profile[name] for name in _PROFILE if profile.get(name)}
    direction = cdr.findtext("channel_data/direction") or ""
    return {"direction": direction} | known | variables
