"""Trunks by which calls arrive; a call with a false number is attributed to its trunk."""

import unicodedata

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.kinds._kind import SubjectKind

LONGEST = 64


class Trunk(SubjectKind):
    """A trunk, circuit or point code; canonical is the operator's name for it, with single spaces."""

    name = "trunk"
    title = Words("中继", "trunk")
    stix = "x-fanzha-trunk"
    misp = "text"

    def normalise(self, raw: str) -> str:
        """Return the name: 1 to 64 printable characters, full-width forms folded, case unchanged."""
        name = " ".join(unicodedata.normalize("NFKC", raw[:400]).split())
        if not name or len(name) > LONGEST or not name.isprintable():
            raise Malformed(f"a trunk's name has 1 to {LONGEST} printable characters")
        return name

    def mask(self, value: str) -> str:
        """Return the value unchanged: it is not personal."""
        return value

    def resembles(self, raw: str) -> float:
        """Return a low score: any word may be a name."""
        try:
            self.normalise(raw)
        except Malformed:
            return 0.0
        return 0.01


KIND = Trunk()
