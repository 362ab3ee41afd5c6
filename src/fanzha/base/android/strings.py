"""Links, hosts and addresses in the contents of an app: DEX files, resources, assets and native libraries."""

import array
import re
import struct
from collections.abc import Collection

#: Hosts that tools and common libraries write into nearly every app; they say nothing about one.
_COMMON_HOSTS_TEXT = """
schemas.android.com www.w3.org xmlpull.org xml.org xml.apache.org www.apache.org apache.org ns.adobe.com
developer.android.com source.android.com goo.gl issuetracker.google.com play.google.com www.google.com google.com
www.googleapis.com github.com www.github.com reactnative.dev flutter.dev dart.dev localhost example.com
www.example.com schemas.microsoft.com java.sun.com www.slf4j.org logback.qos.ch json-schema.org
www.googletagmanager.com pagead2.googlesyndication.com app-measurement.com plus.google.com dashif.org
www.openssl.org openssl.org www.inkscape.org sodipodi.sourceforge.net creativecommons.org purl.org
"""
_COMMON_HOSTS = frozenset(_COMMON_HOSTS_TEXT.split())
_LINK = re.compile(rb"(?:https?|wss?)://[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]{4,300}")
_HOST_OF_LINK = re.compile(r"(?:https?|wss?)://(?:[^/@?#]*@)?([A-Za-z0-9.\-]+|\[[0-9a-fA-F:]+\])(?::\d+)?", re.ASCII)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9\-]{1,62}", re.ASCII)
_ADDRESS = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)", re.ASCII)
_UTF16_LINK = re.compile(rb"(?:h\0t\0t\0p\0(?:s\0)?|w\0s\0(?:s\0)?):\0/\0/\0(?:[\x21-\x7e]\0){4,300}")
_TRAILING = ".,;:!?)]}'\"\\*"
MAX_LINKS = 2_000
_MAX_LAST_STRING = 65_536


def find_links(data: bytes, links: set[str]) -> None:
    """Add the web links in `data`, written in UTF-8 or UTF-16, to `links`, at most MAX_LINKS in all."""
    for match in _LINK.finditer(data):
        if len(links) >= MAX_LINKS:
            return
        _add(match[0].decode("ascii"), links)
    if b"h\0t\0t\0p\0" in data or b"w\0s\0" in data:
        for match in _UTF16_LINK.finditer(data):
            if len(links) >= MAX_LINKS:
                return
            found = _LINK.match(match[0][::2])
            if found:
                _add(found[0].decode("ascii"), links)


def _add(link: str, links: set[str]) -> None:
    link = link.rstrip(_TRAILING)
    if host_of(link):
        links.add(link)


def host_of(link: str) -> str:
    """Return the host of a link in lower case if it is a domain name or an IPv4 address, else ""."""
    match = _HOST_OF_LINK.match(link)
    host = match[1].lower().rstrip(".") if match else ""
    return host if _HOST.fullmatch(host) or _ADDRESS.fullmatch(host) else ""


def telling_links(links: Collection[str]) -> list[str]:
    """Return the links to other hosts than those that tools write into nearly every app, sorted."""
    return sorted(link for link in links if host_of(link) not in _COMMON_HOSTS)


def telling_hosts(links: Collection[str]) -> list[str]:
    """Return the hosts of the links that say something about the app, sorted."""
    return sorted({host_of(link) for link in links} - _COMMON_HOSTS - {""})


def string_data(dex: bytes) -> bytes:
    """Return the part of a DEX file that holds its strings; all of it if the header makes no sense.

    Each string is an ULEB128 length and MUTF-8 bytes that end with zero (dex format, string_data_item).
    """
    if len(dex) < 0x70:
        return dex
    count, offset = struct.unpack_from("<2I", dex, 0x38)
    if not count or offset + 4 * count > len(dex):
        return dex
    offsets = array.array("I", dex[offset : offset + 4 * count])
    first, last = min(offsets), max(offsets)
    return dex[first : last + _MAX_LAST_STRING] if first < last < len(dex) else dex


def list_dex_strings(data: bytes) -> frozenset[bytes]:
    """Return the strings of `string_data` up to 127 characters, each behind its length byte."""
    return frozenset(data.split(b"\0"))


def dex_string(text: str) -> bytes:
    """Return a short ASCII string as an item of `list_dex_strings`."""
    return bytes([len(text)]) + text.encode("ascii")
