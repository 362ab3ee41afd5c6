"""Find the decided name that a host is or lies below, for whole columns of hosts."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as compute
from numpy.typing import NDArray

from fanzha.base.errors import Malformed
from fanzha.kinds.website import KIND as WEBSITE
from fanzha.kinds.website import registrable

pc: Any = compute
#: A host name has at most so many labels (RFC 1035: 255 bytes).
_MOST_LABELS = 127
_NONE = -1
#: A link whose host is plain; others are read one by one. A backslash ends the host in browsers, so it is not passed.
_LINK = r"^[a-z][a-z0-9+.-]*://(?:[^/?#@\\\s]*@)?(?P<host>[a-z0-9._-]+)(?::[0-9]*)?(?:[/?#].*)?$"


class HostMatches(NamedTuple):
    """For each row the index of its decided name, -1 where there is none, and its host alone."""

    names: NDArray[np.int64]
    hosts: pa.Array[Any]


class HostMatcher:
    """Decided names without public suffixes, which cannot be decided on."""

    def __init__(self, decided: Iterable[str]) -> None:
        self.names = sorted(name for name in set(decided) if registrable(name))
        self._decided = pa.array(self.names, pa.string())

    def match(self, links: pa.Array[Any]) -> HostMatches:
        """Return the host of each link or name, and the index of its nearest decided name in `names`."""
        encoded = links.dictionary_encode()
        hosts = _normalize(encoded.dictionary)
        found = np.full(len(encoded.dictionary) + 1, _NONE, np.int64)  # the last one is that of a missing host
        if self.names and len(encoded.dictionary):
            found[:-1] = self._match_distinct(hosts)
        positions = pc.fill_null(encoded.indices, len(encoded.dictionary)).to_numpy(zero_copy_only=False)
        return HostMatches(found[positions], hosts.take(encoded.indices))

    def _match_distinct(self, hosts: pa.Array[Any]) -> NDArray[np.int64]:
        found = np.full(len(hosts), _NONE, np.int64)
        rest, rows = hosts, np.arange(len(hosts))
        for _label in range(_MOST_LABELS):
            indices = pc.fill_null(pc.index_in(rest, value_set=self._decided), _NONE).to_numpy(zero_copy_only=False)
            found[rows] = indices
            rest = pc.replace_substring_regex(rest, r"^[^.]*\.?", "", max_replacements=1)
            is_open = (indices == _NONE) & pc.not_equal(rest, "").to_numpy(zero_copy_only=False)
            if not is_open.any():
                break
            rest, rows = rest.filter(pa.array(is_open)), rows[is_open]
        return found


def _normalize(hosts: pa.Array[Any]) -> pa.Array[Any]:
    """Return hosts in lower case without the final dot; those with other letters in ASCII, "" if they are none."""
    text = pc.ascii_lower(pc.utf8_trim_whitespace(pc.fill_null(hosts, "")))
    links = pc.struct_field(pc.extract_regex(text, _LINK), "host")
    plain = pc.utf8_rtrim(pc.coalesce(links, text), ".")
    is_plain = pc.match_substring_regex(plain, r"^[a-z0-9._-]*$").to_numpy(zero_copy_only=False)
    if is_plain.all():
        normal: pa.Array[Any] = plain
        return normal
    others = [_host(text) for text in plain.filter(pa.array(~is_plain)).to_pylist()]
    normal = pc.replace_with_mask(plain, pa.array(~is_plain), pa.array(others, pa.string()))
    return normal


def _host(text: str) -> str:
    """Return the host of a link or international name, "" if it has none."""
    with suppress(Malformed):
        return WEBSITE.normalise(text)
    return ""
