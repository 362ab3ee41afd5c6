"""Extract hosts from URLs, defanged links, wildcards, hosts files and blocking rules."""

import pyarrow as pa

from fanzha.read._arrow import ArrowColumn
from fanzha.read._arrow import compute as pc

_HOST = r"^(?:[a-z][a-z0-9+.-]*:)?(?://)?(?:[^/?#@\\]*@)?(?P<host>\[[0-9a-f:.]+\]|[^/?#:\\@]+)"
#: Labels in front of the value in handwritten lists.
_LABEL = (
    r"(?i)^\s*(?:(?:可疑|涉诈|诈骗|恶意)?(?:域名|网址|网站|链接|主机|站点)"
    r"|host|hostname|domain|site|website|url|link)\s*[:：=]\s*"
)


def split_site(cell: ArrowColumn) -> tuple[ArrowColumn, ArrowColumn]:
    """Return (host in lower case, URL or null) of cells that hold a host or a URL. The host is null if there is none.

    A host has a dot or is an address in brackets. A single word is a label or a name in a private network.
    """
    text = pc.replace_substring_regex(cell, _LABEL, "")
    text = pc.replace_substring_regex(text, r"^(?:0\.0\.0\.0|127\.0\.0\.1)\s+|^\|\|", "")
    text = pc.replace_substring_regex(text, r"\^.*$|\s+#.*$", "")
    text = pc.replace_substring_regex(text, r"\[\.\]|\(\.\)|\[dot\]|。|．", ".")
    text = pc.replace_substring_regex(text, r"^(?i:hxxp)", "http")
    text = pc.replace_substring_regex(text, r"^\*\.|^\.", "")
    match = pc.extract_regex(pc.utf8_lower(text), _HOST)
    host = pc.utf8_rtrim(pc.struct_field(match, "host"), characters=".")
    is_valid = pc.match_substring_regex(host, r"^(\[[^\s]+\]|[^\s\x00-\x20,;，]+\.[^\s\x00-\x20,;，]+)$")
    is_valid = pc.and_(is_valid, pc.less_equal(pc.utf8_length(host), 253))
    host = pc.if_else(pc.fill_null(is_valid, False), host, pa.scalar(None, host.type))
    is_url = pc.match_substring_regex(text, r"^[A-Za-z][A-Za-z0-9+.-]*://|[/?#]")
    url = pc.if_else(pc.fill_null(is_url, False), text, pa.scalar(None, text.type))
    return host, url
