"""Fusion policy: trust in each source, thresholds of the levels, and treatments without a decision."""

import msgspec

from fanzha.claims.evidence import FINDING
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level

#: Treatments that need no decision by a person; refusing does (docs/decisions/0025).
MACHINE_MAY = (Treatment.ALLOW, Treatment.LABEL, Treatment.WITHHOLD)


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """An operator's settings. Trust is 0–1 by detector or organisation. Raise ValueError for invalid values."""

    organization: str = msgspec.field(default="", name="organisation")  # the owner of the verdicts
    watch: float = 0.5
    suspected: float = 0.8
    detectors: float = 1.0  # default trust in a detector
    #: Default trust in an organisation: one alone cannot reach `suspected`.
    organizations: float = msgspec.field(default=0.6, name="organisations")
    trust: dict[str, float] = {}
    treat_watch: Treatment = Treatment.ALLOW
    treat_suspected: Treatment = Treatment.LABEL

    def __post_init__(self) -> None:
        """Validate thresholds, trust and treatments."""
        if not 0 < self.watch <= self.suspected <= 1:
            raise ValueError("0 < watch <= suspected <= 1 must hold")
        if not all(0 <= trust <= 1 for trust in (self.detectors, self.organizations, *self.trust.values())):
            raise ValueError("trust lies between 0 and 1")
        if not {self.treat_watch, self.treat_suspected} <= set(MACHINE_MAY):
            raise ValueError("to refuse takes a decision: treat_* is allow, label or withhold")

    def level(self, score: float) -> Level:
        """Return the level for a suspicion of 0–1."""
        if score >= self.suspected:
            return Level.SUSPECTED
        return Level.WATCH if score >= self.watch else Level.CLEAR

    def treatment(self, level: Level) -> Treatment:
        """Return the treatment of a level without a decision."""
        if level is Level.SUSPECTED:
            return self.treat_suspected
        return self.treat_watch if level is Level.WATCH else Treatment.ALLOW

    def trust_in(self, source: str, by: str) -> float:
        """Return the trust in a detector or organisation."""
        return self.trust.get(by, self.detectors if source == FINDING else self.organizations)
