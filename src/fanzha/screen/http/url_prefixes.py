"""The first four bytes of every listed URL expression: whoever holds them asks only about what may be listed."""

import numpy as np

from fanzha.claims.snapshot import SnapshotFile
from fanzha.claims.url_expressions import HASH_BYTES
from fanzha.screen.http.made_apart import MadeApart
from fanzha.screen.mapped import Mapped

PREFIX_BYTES = 4


class UrlPrefixes:
    """The prefixes of the snapshot served, made once a list."""

    def __init__(self) -> None:
        """Make none yet."""
        self._made: MadeApart[bytes] = MadeApart()

    async def of(self, snapshot: Mapped) -> tuple[bytes, str]:
        """Return the sorted prefixes, one behind the other, and the identity of the list."""
        holder = snapshot.lists.holder("urls")
        identity = holder.identity if holder else ""
        return await self._made.get(identity, lambda: prefixes(holder)), identity


def prefixes(holder: SnapshotFile | None) -> bytes:
    """Return the different prefixes of a file's URL list, sorted as it is."""
    if holder is None:
        return b""
    hashes = np.frombuffer(holder.section_bytes("urls"), np.uint8).reshape(-1, HASH_BYTES)
    words = np.ascontiguousarray(hashes[:, :PREFIX_BYTES]).view(">u4")[:, 0]
    return np.unique(words).astype(">u4").tobytes()
