"""How much each source is trusted, from which suspicion on a subject is watched or suspected, and what may follow."""

import msgspec

from fanzha.claims.evidence import FINDING
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level

#: Nobody's number is refused on a machine's word: that takes a decision (design §5, §9).
MACHINE_MAY = (Treatment.ALLOW, Treatment.LABEL, Treatment.WITHHOLD)


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """An operator's settings. Trust is 0–1, by detector or organisation; raises ValueError for what cannot be."""

    organisation: str = ""  # whose verdicts they are
    watch: float = 0.5
    suspected: float = 0.8
    detectors: float = 1.0  # trust in a detector that is not named
    organisations: float = 0.6  # trust in an organisation that is not named: no single one makes a suspect
    trust: dict[str, float] = {}
    treat_watch: Treatment = Treatment.ALLOW
    treat_suspected: Treatment = Treatment.LABEL

    def __post_init__(self) -> None:
        """Refuse thresholds out of order and treatments that take a person."""
        if not 0 < self.watch <= self.suspected <= 1:
            raise ValueError("0 < watch <= suspected <= 1 must hold")
        if not all(0 <= one <= 1 for one in (self.detectors, self.organisations, *self.trust.values())):
            raise ValueError("trust lies between 0 and 1")
        if not {self.treat_watch, self.treat_suspected} <= set(MACHINE_MAY):
            raise ValueError("to refuse takes a decision: treat_* is allow, label or withhold")

    def level(self, score: float) -> Level:
        """Return the level of a suspicion, 0–1."""
        if score >= self.suspected:
            return Level.SUSPECTED
        return Level.WATCH if score >= self.watch else Level.CLEAR

    def treatment(self, level: Level) -> Treatment:
        """Return what may be done by a level without a decision."""
        if level is Level.SUSPECTED:
            return self.treat_suspected
        return self.treat_watch if level is Level.WATCH else Treatment.ALLOW

    def trust_in(self, source: str, by: str) -> float:
        """Return the trust in a detector or organisation."""
        return self.trust.get(by, self.detectors if source == FINDING else self.organisations)
