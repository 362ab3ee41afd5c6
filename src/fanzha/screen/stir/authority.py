"""What a certificate may sign: TNAuthList (RFC 8226 §9) and JWT claim constraints (RFC 8226 §8, RFC 9118).

The extensions are read from DER by hand, because cryptography does not know them. Their ASN.1 modules have explicit
tags.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

TN_AUTH_LIST = "1.3.6.1.5.5.7.1.26"
CLAIM_CONSTRAINTS = "1.3.6.1.5.5.7.1.27"
ENHANCED_CONSTRAINTS = "1.3.6.1.5.5.7.1.33"

_SEQUENCE, _INTEGER, _UTF8, _IA5 = 0x30, 0x02, 0x0C, 0x16
_FIRST, _SECOND, _THIRD = 0xA0, 0xA1, 0xA2  # explicit context tags 0 to 2
_LONGEST_NUMBER = 15
_MAX_ENTRIES = 10_000
#: Claims of every PASSporT and of SHAKEN, which `mustInclude` need not name and `mustExclude` cannot.
_BASE_CLAIMS = frozenset(("iat", "orig", "dest", "attest", "origid"))


class TelephoneNumberRange(NamedTuple):
    """`size` telephone numbers of equal length from `start`, digits only."""

    start: str
    size: int

    def covers(self, number: str) -> bool:
        """Return whether a number lies in the range."""
        return (
            len(number) == len(self.start)
            and number.isdecimal()
            and int(self.start) <= int(number) < int(self.start) + self.size
        )

    def contains(self, other: "TelephoneNumberRange") -> bool:
        """Return whether another range lies in this one."""
        return self.covers(other.start) and int(other.start) + other.size <= int(self.start) + self.size


class NumberAuthority(NamedTuple):
    """The content of a TNAuthList. A service provider code covers every number of its provider, which no list names."""

    provider_codes: tuple[str, ...] = ()
    ranges: tuple[TelephoneNumberRange, ...] = ()

    def covers(self, number: str) -> bool:
        """Return whether the certificate may sign for a number, digits only."""
        return bool(self.provider_codes) or any(numbers.covers(number) for numbers in self.ranges)

    def contains(self, other: "NumberAuthority") -> bool:
        """Return whether a certificate issued under this authority may have the other one (RFC 9060 §4.1)."""
        if self.provider_codes:
            return True
        return not other.provider_codes and all(
            any(numbers.contains(inner) for numbers in self.ranges) for inner in other.ranges
        )


class ClaimConstraints(NamedTuple):
    """What the claims of a PASSporT must contain."""

    must_include: tuple[str, ...] = ()
    permitted_values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    must_exclude: tuple[str, ...] = ()

    def allow(self, claims: Mapping[str, Any]) -> bool:
        """Return whether claims satisfy the constraints."""
        if any(name not in claims for name in self.must_include):
            return False
        if any(name in claims for name in self.must_exclude if name not in _BASE_CLAIMS):
            return False
        return all(name not in claims or claims[name] in values for name, values in self.permitted_values)


def parse_authority(der: bytes) -> NumberAuthority:
    """Return the content of a TNAuthList extension; raise ValueError if it is malformed."""
    codes, ranges = [], []
    for count, (tag, value) in enumerate(_children(der)):
        if count == _MAX_ENTRIES:
            raise ValueError(f"the TNAuthList has more than {_MAX_ENTRIES} entries")
        ((inner, content),) = _elements(value)
        if tag == _FIRST and inner == _IA5:
            codes.append(content.decode("ascii"))
        elif tag == _SECOND and inner == _SEQUENCE:
            (start_tag, start), (size_tag, size), *_ = _elements(content)
            if start_tag != _IA5 or size_tag != _INTEGER or len(size) > 8:
                raise ValueError("a range of the TNAuthList is malformed")
            ranges.append(TelephoneNumberRange(_number(start), int.from_bytes(size, "big", signed=True)))
        elif tag == _THIRD and inner == _IA5:
            ranges.append(TelephoneNumberRange(_number(content), 1))
        else:
            raise ValueError(f"the TNAuthList has an entry of an unknown type, tag {tag:#x}")
    if not codes and not ranges:
        raise ValueError("the TNAuthList is empty")
    if any(numbers.size < 1 for numbers in ranges):
        raise ValueError("a range of the TNAuthList is empty")
    return NumberAuthority(tuple(codes), tuple(ranges))


def parse_constraints(der: bytes) -> ClaimConstraints:
    """Return the content of a claim constraints extension; raise ValueError if it is malformed."""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    permitted = []
    for tag, value in _children(der):
        if tag == _FIRST:
            include = tuple(_texts(value))
        elif tag == _SECOND:
            for inner, entry in _children(value):
                (name_tag, name), (values_tag, values) = _elements(entry)
                if (inner, name_tag, values_tag) != (_SEQUENCE, _IA5, _SEQUENCE):
                    raise ValueError("a permitted value is malformed")
                texts = tuple(text.decode() for text_tag, text in _elements(values) if text_tag in (_UTF8, _IA5))
                permitted.append((name.decode("ascii"), texts))
        elif tag == _THIRD:
            exclude = tuple(_texts(value))
        else:
            raise ValueError(f"the claim constraints have a field of an unknown type, tag {tag:#x}")
    return ClaimConstraints(include, tuple(permitted), exclude)


def _number(content: bytes) -> str:
    number = content.decode("ascii")
    if not 1 <= len(number) <= _LONGEST_NUMBER or not number.isdecimal():
        raise ValueError(f"not a telephone number in a TNAuthList: {number!r}")
    return number


def _texts(sequence: bytes) -> Iterator[str]:
    for tag, value in _children(sequence):
        if tag != _IA5:
            raise ValueError("the name of a claim is malformed")
        yield value.decode("ascii")


def _children(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of the elements of one SEQUENCE."""
    ((tag, content),) = _elements(der)
    if tag != _SEQUENCE:
        raise ValueError(f"not a SEQUENCE, but tag {tag:#x}")
    yield from _elements(content)


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of the elements of `der`; raise ValueError unless they fill it."""
    position = 0
    while position < len(der):
        if position + 2 > len(der):
            raise ValueError("an element is cut off")
        tag, length = der[position], der[position + 1]
        position += 2
        if length & 0x80:
            size = length & 0x7F
            if not 1 <= size <= 3 or position + size > len(der):
                raise ValueError("the length of an element is malformed")
            length = int.from_bytes(der[position : position + size], "big")
            position += size
        if position + length > len(der):
            raise ValueError("an element is cut off")
        yield tag, der[position : position + length]
        position += length
