"""Trunks by which calls arrive; calls with a false number are attributed to the trunk (design §2)."""

import unicodedata

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.kinds._kind import Kind

LONGEST = 64


class Trunk(Kind):
    """A trunk, circuit or point code; canonical is its name as the operator writes it, spaces put together."""

    name = "trunk"
    title = Words("中继", "trunk")
    stix = "x-fanzha-trunk"
    misp = "text"

    def normalise(self, raw: str) -> str:
        """Return the name: 1 to 64 printable characters, full-width forms folded, case kept."""
        name = " ".join(unicodedata.normalize("NFKC", raw[:400]).split())
        if not name or len(name) > LONGEST or not name.isprintable():
            raise Malformed(f"a trunk's name has 1 to {LONGEST} printable characters")
        return name

    def mask(self, value: str) -> str:
        """Show it: a trunk is no person."""
        return value

    def resembles(self, raw: str) -> float:
        """Return almost nothing: any word may be a name."""
        try:
            self.normalise(raw)
        except Malformed:
            return 0.0
        return 0.01


KIND = Trunk()
