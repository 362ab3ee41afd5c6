"""An entry: what a snapshot holds of one subject, as little as a screen needs to answer in the moment."""

from typing import NamedTuple

from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import FOREVER, CaseStatus, Level, Scope


class Entry(NamedTuple):
    """A verdict in one scope ("" = any), the police status beside it, and in `also` the same subject's next scope.

    Entries of one subject stand from the narrowest scope to the widest, within a width the hardest first.
    `until` is UTC ms, exclusive, rounded down to a full hour.
    """

    level: Level
    treatment: Treatment = Treatment.ALLOW
    fraud_type: str = ""
    until: int = FOREVER
    direction: str = ""
    service: str = ""
    ingress: str = ""
    case: CaseStatus = CaseStatus.NONE
    organisation: str = ""
    simulated: bool = False
    also: "Entry | None" = None

    def holding(self, at: int, direction: str = "", service: str = "", ingress: str = "") -> "Entry | None":
        """Return the narrowest entry that still holds at a moment (UTC ms) and covers what was asked; None if none."""
        one: Entry | None = self
        while one is not None:
            if (
                at < one.until
                and one.direction in ("", direction)
                and one.service in ("", service)
                and one.ingress in ("", ingress)
            ):
                return one
            one = one.also
        return None

    @property
    def scope(self) -> Scope:
        """Return where it holds."""
        return Scope(self.direction, self.service, self.ingress)
