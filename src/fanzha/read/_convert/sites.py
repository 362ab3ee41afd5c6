"""Hosts out of what lists and logs write: URLs, defanged links, wildcards, hosts files, blocking rules."""

import pyarrow as pa

from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._arrow import compute as pc

_HOST = r"^(?:[a-z][a-z0-9+.-]*:)?(?://)?(?:[^/?#@\\]*@)?(?P<host>\[[0-9a-f:.]+\]|[^/?#:\\@]+)"


def split_site(cell: ArrowColumn) -> tuple[ArrowColumn, ArrowColumn]:
    """Return (host in lower case, URL or null) of cells that hold a host or a URL; null host: there is none."""
    text = pc.replace_substring_regex(cell, r"^(?:0\.0\.0\.0|127\.0\.0\.1)\s+|^\|\|", "")
    text = pc.replace_substring_regex(text, r"\^.*$|\s+#.*$", "")
    text = pc.replace_substring_regex(text, r"\[\.\]|\(\.\)|\[dot\]|。|．", ".")
    text = pc.replace_substring_regex(text, r"^(?i:hxxp)", "http")
    text = pc.replace_substring_regex(text, r"^\*\.|^\.", "")
    found = pc.extract_regex(pc.utf8_lower(text), _HOST)
    host = pc.utf8_rtrim(pc.struct_field(found, "host"), characters=".")
    good = pc.match_substring_regex(host, r"^[^\s\x00-\x20,;，]{1,253}$")
    host = pc.if_else(pc.fill_null(good, False), host, pa.scalar(None, host.type))
    is_url = pc.match_substring_regex(text, r"^[A-Za-z][A-Za-z0-9+.-]*://|[/?#]")
    url = pc.if_else(pc.fill_null(is_url, False), text, pa.scalar(None, text.type))
    return host, url
