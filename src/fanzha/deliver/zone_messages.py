"""DNS messages of the zone server: questions are parsed by dnspython, answers are joined from encoded records."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.TSIG
import dns.tsig

from fanzha.claims.policy_zone import ZoneProfile
from fanzha.store.policy_zone import NameChange, ZoneVersion

#: Bytes of records in one message of a transfer: a message has 65,535 with its header, question and signature.
_MESSAGE_BYTES = 60_000
_TSIG_FUDGE_SECONDS = 300
_SIGNATURE_PROBLEMS = (
    dns.message.UnknownTSIGKey,
    dns.message.BadTSIG,
    dns.tsig.PeerError,
    dns.tsig.BadSignature,
    dns.tsig.BadTime,
    dns.tsig.BadKey,
    dns.tsig.BadAlgorithm,
)
_sign: Callable[..., tuple[dns.rdtypes.ANY.TSIG.TSIG, Any]] = dns.tsig.sign  # it has no types of its own
_SERVED = frozenset({dns.rdatatype.SOA, dns.rdatatype.AXFR, dns.rdatatype.IXFR})
_ANSWER_FLAGS = dns.flags.QR | dns.flags.AA


class UnreadableQuestion(Exception):
    """Bytes that are no question; they get no answer."""


class ZoneQuestion(NamedTuple):
    """A question of a resolver. `serial` is what it has (IXFR), `error` a response code for what is not served."""

    message: dns.message.Message
    kind: dns.rdatatype.RdataType
    serial: int | None
    error: dns.rcode.Rcode


def zone_key(name: str, secret: bytes) -> dns.tsig.Key:
    """Return the key by which transfers are signed."""
    return dns.tsig.Key(dns.name.from_text(name), secret, dns.tsig.HMAC_SHA256)


def parse_question(wire: bytes, profile: ZoneProfile, key: dns.tsig.Key) -> ZoneQuestion:
    """Parse a question and verify its signature. Raise UnreadableQuestion if it is none."""
    try:
        message = dns.message.from_wire(wire, keyring={key.name: key}, continue_on_error=True)
    except (dns.exception.DNSException, ValueError) as error:
        raise UnreadableQuestion(str(error)) from None
    if message.flags & dns.flags.QR or not message.question:
        raise UnreadableQuestion("it is an answer, or it asks nothing")
    return ZoneQuestion(message, message.question[0].rdtype, _requested_serial(message), _find_error(message, profile))


def _find_error(message: dns.message.Message, profile: ZoneProfile) -> dns.rcode.Rcode:
    problems = [problem.exception for problem in message.errors]
    if any(isinstance(problem, _SIGNATURE_PROBLEMS) for problem in problems):
        return dns.rcode.NOTAUTH
    if problems or len(message.question) != 1:
        return dns.rcode.FORMERR
    if message.opcode() != dns.opcode.QUERY:
        return dns.rcode.NOTIMP
    asked = message.question[0]
    is_ours = asked.name == dns.name.from_text(profile.name) and asked.rdclass == dns.rdataclass.IN
    return dns.rcode.NOERROR if is_ours and asked.rdtype in _SERVED else dns.rcode.REFUSED


def _requested_serial(message: dns.message.Message) -> int | None:
    """Return the serial that an IXFR names."""
    soas = [rdata.serial for rrset in message.authority if rrset.rdtype == dns.rdatatype.SOA for rdata in rrset]
    return soas[0] if soas else None


class AnswerWriter:
    """Joins encoded records to the messages that answer a question, signed as the question was."""

    def __init__(self, question: ZoneQuestion, key: dns.tsig.Key) -> None:
        self._message = question.message
        self._key = key if question.message.had_tsig else None
        self._request_mac = question.message.mac if question.message.had_tsig else b""
        asked = question.message.question[0]
        self._question = _wire(asked.name) + asked.rdtype.to_bytes(2, "big") + asked.rdclass.to_bytes(2, "big")
        self._context: dns.tsig.HMACTSig | dns.tsig.GSSTSig | None = None

    def refuse(self, code: dns.rcode.Rcode) -> bytes:
        """Return an answer with an error."""
        return self._join(b"", 0, code, is_multi=False)

    def single(self, record: bytes) -> bytes:
        """Return an answer of one record."""
        return self._join(record, 1, dns.rcode.NOERROR, is_multi=False)

    def stream(self, records: Iterable[tuple[bytes, int]]) -> Iterator[bytes]:
        """Yield the messages of a transfer."""
        parts: list[bytes] = []
        size = count = 0
        for record, number in records:
            if size + len(record) > _MESSAGE_BYTES:
                yield self._join(b"".join(parts), count, dns.rcode.NOERROR, is_multi=True)
                parts, size, count = [], 0, 0
            parts.append(record)
            size += len(record)
            count += number
        yield self._join(b"".join(parts), count, dns.rcode.NOERROR, is_multi=True)

    def _join(self, records: bytes, count: int, code: dns.rcode.Rcode, *, is_multi: bool) -> bytes:
        flags = _ANSWER_FLAGS | self._message.flags & (0x7800 | dns.flags.RD) | int(code)
        head = b"".join(number.to_bytes(2, "big") for number in (self._message.id, flags, 1, count, 0))
        wire = head + b"\x00\x00" + self._question + records
        if self._key is None:
            return wire
        signature, self._context = _sign(
            wire,
            self._key,
            _unsigned(self._key, self._message.id),
            int(time.time()),
            self._request_mac if self._context is None else b"",
            self._context,
            is_multi,
        )
        data = bytes(signature.to_wire() or b"")
        fixed = b"\x00\xfa\x00\xff\x00\x00\x00\x00" + len(data).to_bytes(2, "big")  # type TSIG, class ANY, TTL 0
        return head + b"\x00\x01" + wire[12:] + _wire(self._key.name) + fixed + data


def full_transfer(
    profile: ZoneProfile, version: ZoneVersion, records: Iterable[tuple[bytes, int]]
) -> Iterator[tuple[bytes, int]]:
    """Yield the records of the whole zone (AXFR)."""
    soa = profile.soa(version.serial)
    yield soa, 1
    yield profile.ns(), 1
    yield from _digest_records(profile, version)
    yield from records
    yield soa, 1


def delta_transfer(
    profile: ZoneProfile, known: ZoneVersion, version: ZoneVersion, changes: Iterable[NameChange]
) -> Iterator[tuple[bytes, int]]:
    """Yield the records that bring a resolver from one version to another (IXFR, RFC 1995), as one difference."""
    listed = list(changes)
    soa = profile.soa(version.serial)
    yield soa, 1
    yield profile.soa(known.serial), 1
    yield from _digest_records(profile, known)
    for change in listed:
        if change.before is not None:
            yield profile.encode(change.name, change.before)[1:]
    yield soa, 1
    yield from _digest_records(profile, version)
    for change in listed:
        if change.after is not None:
            yield profile.encode(change.name, change.after)[1:]
    yield soa, 1


def build_notify(profile: ZoneProfile, key: dns.tsig.Key | None) -> dns.message.Message:
    """Return the message that notifies a resolver of a new version (NOTIFY, RFC 1996)."""
    message = dns.message.make_query(profile.name, dns.rdatatype.SOA)
    message.set_opcode(dns.opcode.NOTIFY)
    message.flags = (message.flags | dns.flags.AA) & ~dns.flags.RD
    if key is not None:
        message.use_tsig(key)
    return message


def _wire(name: dns.name.Name) -> bytes:
    return name.to_wire() or b""


def _digest_records(profile: ZoneProfile, version: ZoneVersion) -> Iterator[tuple[bytes, int]]:
    if version.digest is not None:
        yield profile.zonemd(version.serial, version.digest), 1


def _unsigned(key: dns.tsig.Key, id: int) -> dns.rdtypes.ANY.TSIG.TSIG:
    return dns.rdtypes.ANY.TSIG.TSIG(  # type: ignore[no-untyped-call]
        dns.rdataclass.ANY, dns.rdatatype.TSIG, key.algorithm, 0, _TSIG_FUDGE_SECONDS, b"", id, 0, b""
    )
