"""Response-policy zones (RPZ): the records by which resolvers block names, in wire form and as text.

A name is blocked with all names below it, or passed with all names below it. Records are encoded in canonical form and
sorted in canonical order (RFC 4034, section 6), so that the digest of a zone (ZONEMD, RFC 8976) is a hash over them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import sha384
from typing import NamedTuple

TYPE_A, TYPE_NS, TYPE_CNAME, TYPE_SOA, TYPE_AAAA, TYPE_ZONEMD = 1, 2, 5, 6, 28, 63
_CLASS_IN = b"\x00\x01"
_SIMPLE, _SHA384 = b"\x01", b"\x01"
_TYPE_WORDS = {TYPE_A: "A", TYPE_AAAA: "AAAA", TYPE_CNAME: "CNAME"}
#: RFC 1035: 255 bytes with the length of each label and the root.
LONGEST_NAME = 253


class NamePolicy(StrEnum):
    """What resolvers do with a name: block it, or pass it although a name above it is blocked."""

    BLOCK = "block"
    PASS = "pass"


class EncodedName(NamedTuple):
    """A name of a zone: its sort key, its records in canonical wire form, and how many these are."""

    key: bytes
    records: bytes
    record_count: int


@dataclass(frozen=True)
class ZoneProfile:
    """What all records of a zone share.

    Blocked names get `addresses`, those of a server that leads to the warning page; without addresses they do not
    exist (NXDOMAIN). Times are seconds.
    """

    name: str
    addresses: tuple[str, ...] = ()
    ttl_seconds: int = 60
    refresh_seconds: int = 300
    retry_seconds: int = 60
    expire_seconds: int = 7 * 86_400

    @cached_property
    def wire_name(self) -> bytes:
        """Return the name of the zone in wire form."""
        return encode_name(self.name)

    @cached_property
    def _answers(self) -> dict[NamePolicy, list[tuple[int, bytes, str]]]:
        """Return the type, data and text of the answers for each policy, in canonical order."""
        passes = "rpz-passthru."
        blocks = [(TYPE_CNAME, b"\x00", ".")] if not self.addresses else sorted(map(_address_answer, self.addresses))
        return {NamePolicy.BLOCK: blocks, NamePolicy.PASS: [(TYPE_CNAME, encode_name(passes), passes)]}

    @cached_property
    def _tails(self) -> dict[NamePolicy, list[bytes]]:
        """Return what follows the owner's own labels in each record."""
        return {
            policy: [self.wire_name + _fixed(kind, self.ttl_seconds, data) for kind, data, _ in answers]
            for policy, answers in self._answers.items()
        }

    def encode(self, name: str, policy: NamePolicy) -> EncodedName:
        """Return a name and the wildcard below it as records. Raise ValueError if the name is too long for the zone."""
        labels = encode_name(name)[:-1]
        if len(labels) + len(self.wire_name) + 2 > 255:
            raise ValueError(f"{name} is too long for the zone {self.name}")
        tails = self._tails[policy]
        owners = (labels, b"\x01*" + labels)
        return EncodedName(
            sort_key(name), b"".join(owner + tail for owner in owners for tail in tails), len(owners) * len(tails)
        )

    def soa(self, serial: int) -> bytes:
        """Return the SOA record of a version."""
        numbers = (serial, self.refresh_seconds, self.retry_seconds, self.expire_seconds, self.ttl_seconds)
        data = encode_name(f"ns.{self.name}") + encode_name(f"hostmaster.{self.name}")
        data += b"".join(number.to_bytes(4, "big") for number in numbers)
        return self.wire_name + _fixed(TYPE_SOA, self.ttl_seconds, data)

    def ns(self) -> bytes:
        """Return the NS record. Resolvers load the zone by transfer alone, so its target needs no address."""
        return self.wire_name + _fixed(TYPE_NS, self.ttl_seconds, encode_name("localhost"))

    def zonemd(self, serial: int, digest: bytes) -> bytes:
        """Return the ZONEMD record of a version with its digest."""
        return self.wire_name + _fixed(
            TYPE_ZONEMD, self.ttl_seconds, serial.to_bytes(4, "big") + _SIMPLE + _SHA384 + digest
        )

    def digest(self, serial: int, records: Iterable[bytes]) -> bytes:
        """Return the SHA-384 digest of a version, whose records of names come in canonical order."""
        zone_hash = sha384(self.ns() + self.soa(serial))
        for record in records:
            zone_hash.update(record)
        return zone_hash.digest()

    def lines(self, serial: int, digest: bytes | None, names: Iterable[tuple[str, NamePolicy]]) -> Iterator[str]:
        """Yield the lines of the zone file of a version; `names` come in canonical order."""
        numbers = f"{serial} {self.refresh_seconds} {self.retry_seconds} {self.expire_seconds} {self.ttl_seconds}"
        yield f"$ORIGIN {self.name}.\n$TTL {self.ttl_seconds}\n"
        yield f"@ SOA ns.{self.name}. hostmaster.{self.name}. {numbers}\n@ NS localhost.\n"
        if digest is not None:
            yield f"@ ZONEMD {serial} 1 1 {digest.hex()}\n"
        texts = {
            policy: [f"{_TYPE_WORDS[kind]} {text}\n" for kind, _, text in answers]
            for policy, answers in self._answers.items()
        }
        for name, policy in names:
            for text in texts[policy]:
                yield f"{name} {text}"
            for text in texts[policy]:
                yield f"*.{name} {text}"


def encode_name(name: str) -> bytes:
    """Return a canonical host name in wire form. Raise ValueError for an empty or too long label or name."""
    labels = name.removesuffix(".").encode("ascii").split(b".")
    if len(name) > LONGEST_NAME + 1 or not all(0 < len(label) <= 63 for label in labels):
        raise ValueError(f"{name!r} is no host name of the DNS")
    return b"".join(bytes((len(label),)) + label for label in labels) + b"\x00"


def sort_key(name: str) -> bytes:
    """Return a key by which host names sort in canonical order: their labels from the right."""
    return b"".join(label + b"\x00" for label in reversed(name.encode("ascii").split(b".")))


def _address_answer(address: str) -> tuple[int, bytes, str]:
    parsed = ipaddress.ip_address(address)
    return TYPE_A if parsed.version == 4 else TYPE_AAAA, parsed.packed, str(parsed)


def _fixed(kind: int, ttl_seconds: int, data: bytes) -> bytes:
    """Return type, class, TTL, length and data of a record."""
    return kind.to_bytes(2, "big") + _CLASS_IN + ttl_seconds.to_bytes(4, "big") + len(data).to_bytes(2, "big") + data
