"""Parse IP addresses in every notation that browsers accept (decimal, hex, octal, short), which fraud links use."""

import ipaddress
import re

from fanzha.base.errors import Malformed

_PART = re.compile(r"0[xX]([0-9a-fA-F]*)|(0[0-7]*)|([1-9][0-9]*)", re.ASCII)


def ip_address(raw: str) -> str | None:
    """Return the canonical form of a host that is an IP address, or None if it is a name.

    IPv4 follows the WHATWG URL standard (`3232235521`, `0xC0.0xA8.1`, `0300.0250.0.1`); IPv6 may be in brackets.
    Raise Malformed for a host that ends in a number but is not an address.
    """
    text = raw.strip()
    if ":" in text or text.startswith("["):
        return _ipv6(text)
    parts = text.removesuffix(".").split(".")
    if not (parts[-1].isascii() and parts[-1].isdigit() or re.fullmatch(r"0[xX][0-9a-fA-F]*", parts[-1])):
        return None
    numbers = [_number(part) for part in parts]
    if len(numbers) > 4 or any(number > 255 for number in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(numbers)):
        raise Malformed("not an IP address: a part is out of range")
    value = numbers[-1] + sum(number << (8 * (3 - index)) for index, number in enumerate(numbers[:-1]))
    return str(ipaddress.IPv4Address(value))


def address_terms(address: str) -> dict[str, str]:
    """Return the object paths and values of the STIX pattern that matches a canonical address."""
    return {"ipv6-addr:value" if ":" in address else "ipv4-addr:value": address}


def _number(part: str) -> int:
    found = _PART.fullmatch(part) if len(part) <= 24 else None
    if not found:
        raise Malformed("not an IP address: a part is no number")
    hexadecimal, octal, decimal = found.groups()
    return int(decimal) if decimal else int(octal, 8) if octal else int(hexadecimal or "0", 16)


def _ipv6(text: str) -> str:
    inside = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        address = ipaddress.IPv6Address(inside.split("%")[0])
    except ValueError:
        raise Malformed("not an IPv6 address") from None
    return str(address.ipv4_mapped or address)
