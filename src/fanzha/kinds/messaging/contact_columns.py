"""Contact information of many messages at once: as of one message, but whether there is a number, not which."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.kinds.messaging import contacts as one
from fanzha.kinds.web.links import find_links

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

#: A text without any of these has no link.
_LINK_SIGN = r"[.。．｡․点]|(?i:dot)|://|：／／"

# the patterns of one message for an engine without lookaround
_BEGIN, _END = rf"(?:^|[^{one.BEFORE_NUMBER}])", r"(?:[^\d]|$)"
_HAS_NUMBER = rf"{_BEGIN}(?:{one.COUNTRY})?(?:{one.MOBILE}|{one.FIXED}){_END}"
_HAS_SERVICE_NUMBER = rf"{_BEGIN}(?:{one.COUNTRY})?(?:{one.SERVICE}){_END}"
_HAS_HANDLE = rf"{one.WECHAT}|{one.QQ}|{one.OTHER}".replace(f"(?={one.BEFORE_ID})", one.BEFORE_ID)


class ContactColumns(NamedTuple):
    """What the messages of a column have, an entry for each message."""

    hosts: list[tuple[str, ...]]  # of the links, each once, in their order
    numbers: NDArray[np.bool_]  # a call-back number that is no service number
    service_numbers: NDArray[np.bool_]  # 95xxx, 400, 800
    handles: NDArray[np.bool_]
    signatures: list[str]


def read_contacts(texts: "pa.Array[pa.StringScalar]") -> ContactColumns:
    """Read the contacts of many messages without nulls: as `extract_contacts`, but whether there is one, not which."""
    hosts: list[tuple[str, ...]] = [()] * len(texts)
    words = [text or "" for text in texts.to_pylist()]
    for row in np.flatnonzero(pc.match_substring_regex(texts, _LINK_SIGN).to_numpy(False)).tolist():
        if links := find_links(words[row]):
            hosts[row] = tuple(dict.fromkeys(link.location.host for link in links))
            words[row] = one.without_links(links, words[row])
    plain = pc.utf8_normalize(pa.array(words, pa.string()), "NFKC")
    signatures = [""] * len(texts)
    for row in np.flatnonzero(pc.match_substring_regex(plain, r"[】\]]").to_numpy(False)).tolist():
        signatures[row] = one.find_signature(plain[row].as_py())
    numbers, service_numbers, handles = (
        pc.match_substring_regex(plain, sign).to_numpy(False)
        for sign in (_HAS_NUMBER, _HAS_SERVICE_NUMBER, _HAS_HANDLE)
    )
    return ContactColumns(hosts, numbers, service_numbers, handles, signatures)
