"""Outlets that sell cards and lines, by the code of their carrier."""

import re
import unicodedata

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.kinds._kind import SubjectKind

_CODE = re.compile(r"[^\W_][\w.\-/:]{0,63}")


class Outlet(SubjectKind):
    """A shop, agent or online channel; canonical is its code in capitals, `carrier:code` if several carriers report."""

    name = "outlet"
    title = Words("营业网点", "outlet")
    stix = "x-fanzha-outlet"
    misp = "text"

    def normalise(self, raw: str) -> str:
        """Return the code: letters, digits and . - / : _, at most 64."""
        code = re.sub(r"\s+", "", unicodedata.normalize("NFKC", raw[:400])).upper()
        if not _CODE.fullmatch(code):
            raise Malformed("an outlet's code has 1 to 64 letters, digits or . - / : _")
        return code

    def mask(self, value: str) -> str:
        """Return the value unchanged: it is not personal."""
        return value

    def resembles(self, raw: str) -> float:
        """Return a low score: any word may be a code."""
        try:
            self.normalise(raw)
        except Malformed:
            return 0.0
        return 0.02


KIND = Outlet()
