"""Kits: what sites of one fraud are made of, known by a file that they have in common."""

import re

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.kinds._kind import ExchangeName, SubjectKind

_KIT = re.compile(r"kit:\s*([0-9a-f]{64})", re.ASCII | re.IGNORECASE)


class Kit(SubjectKind):
    """A kit; canonical is `kit:` and the SHA-256 of a script or archive of it in lower-case hex."""

    name = "kit"
    title = Words("建站套件", "kit")
    stix = "file"
    misp = "text"
    stix_names = (ExchangeName("file:hashes.'SHA-256'", "kit:"),)
    misp_names = (ExchangeName("sha256", "kit:"),)

    def normalise(self, raw: str) -> str:
        """Return the canonical form. Raise Malformed for a digest that does not say that it is one of a kit."""
        found = _KIT.fullmatch(raw.strip())
        if not found:
            raise Malformed("a kit is kit: and a SHA-256")
        return f"kit:{found[1].lower()}"

    def mask(self, value: str) -> str:
        """Return the value unchanged: it is not personal."""
        return value

    def resembles(self, raw: str) -> float:
        """Return whether it says that it is one."""
        return 0.95 if _KIT.fullmatch(raw.strip()) else 0.0


KIND = Kit()
