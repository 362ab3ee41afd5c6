"""URL expressions for look-ups: host suffixes with path prefixes, by their SHA-256.

They follow Google Safe Browsing v4 ("URLs and Hashing"), so that existing clients work; hosts are normalised by
`fanzha.kinds.website.locate`.
"""

import re
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import quote_from_bytes, unquote_to_bytes

from fanzha.base.errors import Malformed
from fanzha.kinds.website import is_address, locate

HASH_BYTES = 32
MOST_HOSTS, MOST_PATHS = 4, 4  # in addition to the exact host and the exact path
_LAST_LABELS = 5
_UNESCAPES = 20  # rounds of unescaping; the remainder is escaped unchanged
#: A link with a host of all characters that the URL standard of browsers (WHATWG) takes in one.
_LENIENT = re.compile(
    r"https?:[/\\]{2,}(?:[^/\\?#]*@)?(?P<host>[a-z0-9_.!$&'()*+,;=`{}~-]{1,253})(?::\d{1,5})?(?P<rest>(?:[/\\?#].*)?)",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)
#: Characters that are not escaped: everything printable except `%`, `#` and blanks.
_PLAIN = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in "%#")


def url_hash(expression: str) -> bytes:
    """Return the SHA-256 digest of an expression."""
    return sha256(expression.encode()).digest()


def whole_expression(raw: str) -> str:
    """Return the exact expression of a link; a bare host covers all its pages. Raise Malformed."""
    host, path, query = _parts(raw)
    return host + path + query


def expressions(raw: str) -> list[str]:
    """Return all expressions that may list a link, the most exact first. Raise Malformed."""
    try:
        host, path, query = _parts(raw)
    except Malformed:
        host, path, query = _lenient_parts(raw)
    paths = [path + query, path, *_prefixes(path)] if query else [path, *_prefixes(path)]
    return list(dict.fromkeys(name + prefix for name in _hosts(host) for prefix in paths))


def _parts(raw: str) -> tuple[str, str, str]:
    """Return host, path and query (with its ?) in canonical form."""
    location = locate(raw)
    if not location.host:
        raise Malformed("a link has a host")
    without_fragment = re.split("#", location.path_query_fragment, maxsplit=1)[0]
    path, mark, query = without_fragment.partition("?")
    host = f"[{location.host}]" if ":" in location.host else location.host
    return host, _path(path), mark + _escaped(query) if query else ""


def _lenient_parts(raw: str) -> tuple[str, str, str]:
    """Return host, path and query of a link that browsers open although its host is no name of the DNS rules.

    Such are labels with a hyphen at an edge, or with signs, which a wildcard record answers. Raise Malformed.
    """
    found = _LENIENT.fullmatch(raw.strip())
    host = found["host"].lower().removesuffix(".") if found else ""
    if not found or "." not in host or "" in (labels := host.split(".")) or labels[-1].isdigit():
        raise Malformed("a link has a host")
    path, mark, query = found["rest"].partition("#")[0].partition("?")
    return host, _path(path.replace("\\", "/")), mark + _escaped(query) if query else ""


def _path(path: str) -> str:
    """Resolve `.` and `..` as browsers do, also where they are escaped; merge slashes and normalise escapes."""
    return re.sub("/{2,}", "/", _resolve(_escaped(_resolve(path))))


def _resolve(path: str) -> str:
    parts: list[str] = []
    segments = path.removeprefix("/").split("/")
    for place, segment in enumerate(segments):
        plain = segment.replace("%2e", ".").replace("%2E", ".")
        if plain not in (".", ".."):
            parts.append(segment)
            continue
        if plain == "..":
            del parts[-1:]
        if place == len(segments) - 1:
            parts.append("")
    return "/" + "/".join(parts)


def _escaped(text: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    for _ in range(_UNESCAPES):
        if (plain := unquote_to_bytes(data)) == data:
            break
        data = plain
    return quote_from_bytes(data, _PLAIN)


def _hosts(host: str) -> Iterator[str]:
    """Yield the host and its suffixes of five down to two labels."""
    yield host
    if host.startswith("[") or is_address(host):
        return
    labels = host.split(".")
    for count in range(min(len(labels) - 1, _LAST_LABELS), 1, -1):
        yield ".".join(labels[-count:])


def _prefixes(path: str) -> Iterator[str]:
    """Yield the root and the first three folders of a path."""
    folders = path.split("/")[1:-1]
    for count in range(min(len(folders), MOST_PATHS - 1) + 1):
        yield "/" + "".join(f"{folder}/" for folder in folders[:count])
