"""An organisation's opinion on a subject; a decision is a binding opinion (an order, a successful appeal)."""

import msgspec

from fanzha.base.ids import digest
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import FOREVER, Level

#: Default confidence by level, for opinions without a score.
SCORES = {Level.CLEAR: 1.0, Level.WATCH: 0.5, Level.SUSPECTED: 0.9}


class Opinion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One opinion; times are UTC ms. A later one of the same organisation on the same subject and scope replaces it.

    Only a decision may ask for a treatment, and it must name its legal basis (ATF Art. 32). Raise ValueError.
    """

    organization: str = msgspec.field(name="organisation")
    subject_kind: str
    subject: str  # canonical
    level: Level
    given_at: int
    until: int = FOREVER
    score: float | None = None  # confidence 0–1; None: the default in `SCORES`
    decision: bool = False
    treatment: Treatment | None = None
    fraud_type: str = ""
    holder_from: int | None = None
    direction: str = ""
    service: str = ""
    ingress: str = ""
    reason_zh: str = ""
    reason_en: str = ""
    basis: str = ""
    simulated: bool = False

    def __post_init__(self) -> None:
        """Validate the fields; raise ValueError."""
        if not self.organization.strip():
            raise ValueError("an opinion has an organisation")
        if self.treatment is not None and not self.decision:
            raise ValueError("only a decision may ask for a treatment")
        if self.decision and not self.basis.strip():
            raise ValueError("a decision names its legal basis")
        if self.score is not None and not 0 <= self.score <= 1:
            raise ValueError("a score lies between 0 and 1")
        if self.until <= self.given_at:
            raise ValueError("until is not after given_at")

    @property
    def confidence(self) -> float:
        """Return the confidence, 0–1."""
        return SCORES[self.level] if self.score is None else self.score

    @property
    def opinion_id(self) -> str:
        """Return the hash of all fields."""
        return digest(*(str(part) for part in msgspec.structs.astuple(self)))
