"""What of a link is listed and looked up: host suffix and path prefix expressions, by their SHA-256.

As Google Safe Browsing v4 has it ("URLs and Hashing"), so that whoever holds such a client can ask; names and numeric
hosts are read as this house reads them everywhere (`fanzha.kinds.website.locate`).
"""

import re
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import quote_from_bytes, unquote_to_bytes

from fanzha.base.errors import Malformed
from fanzha.kinds.website import is_address, locate

HASH_BYTES = 32
MOST_HOSTS, MOST_PATHS = 4, 4  # beside the whole host; from the root, beside the whole path
_LAST_LABELS = 5
_UNESCAPES = 20  # of %25 upon %25: more is hostile, and what is left is escaped as it stands
#: Left as they are: everything printable but `%`, `#` and blanks.
_PLAIN = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in "%#")


def url_hash(expression: str) -> bytes:
    """Return the SHA-256 of an expression."""
    return sha256(expression.encode()).digest()


def whole_expression(raw: str) -> str:
    """Return the expression of exactly this link; a bare host stands for all that lies on it. Raises Malformed."""
    host, path, query = _parts(raw)
    return host + path + query


def expressions(raw: str) -> list[str]:
    """Return all expressions under which a link may be listed, the most exact first. Raises Malformed."""
    host, path, query = _parts(raw)
    paths = [path + query, path, *_prefixes(path)] if query else [path, *_prefixes(path)]
    return list(dict.fromkeys(name + each for name in _hosts(host) for each in paths))


def _parts(raw: str) -> tuple[str, str, str]:
    """Return host, path and query (with its ?) in canonical form."""
    place = locate(raw)
    if not place.host:
        raise Malformed("a link has a host")
    before = re.split("#", place.rest, maxsplit=1)[0]
    path, mark, query = before.partition("?")
    host = f"[{place.host}]" if ":" in place.host else place.host
    return host, _path(path), mark + _escaped(query) if query else ""


def _path(path: str) -> str:
    """Resolve `.` and `..`, put slashes together, undo and redo the escapes."""
    parts: list[str] = []
    plain = _escaped(path)
    for part in plain.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    ends = "/" if parts and plain.rsplit("/", 1)[-1] in ("", ".", "..") else ""
    return "/" + "/".join(parts) + ends


def _escaped(text: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    for _ in range(_UNESCAPES):
        if (plain := unquote_to_bytes(data)) == data:
            break
        data = plain
    return quote_from_bytes(data, _PLAIN)


def _hosts(host: str) -> Iterator[str]:
    """Yield the host, and of its last five labels what is left when the first are taken off, down to two."""
    yield host
    if host.startswith("[") or is_address(host):
        return
    labels = host.split(".")
    for count in range(min(len(labels) - 1, _LAST_LABELS), 1, -1):
        yield ".".join(labels[-count:])


def _prefixes(path: str) -> Iterator[str]:
    """Yield the root and the next three folders of a path."""
    folders = path.split("/")[1:-1]
    for count in range(min(len(folders), MOST_PATHS - 1) + 1):
        yield "/" + "".join(f"{folder}/" for folder in folders[:count])
