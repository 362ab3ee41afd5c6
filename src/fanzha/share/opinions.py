"""The opinion of an organisation on a statement of another: label, status and precision as in ThreatExchange.

Meta's ThreatExchange gives each descriptor of an indicator a status (how bad), a precision (how sure that acting on it
hits no others) and reactions. STIX 2.1 has agreement in five steps (§4.14). Both are derived from the same two facts:
our own decision on the subject, and the share of earlier statements of that source that were confirmed.
"""

from enum import StrEnum

import msgspec

from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.claims.verdict import Level


class OpinionStatus(StrEnum):
    """How bad a subject is, in ThreatExchange's words."""

    MALICIOUS = "MALICIOUS"
    SUSPICIOUS = "SUSPICIOUS"
    NON_MALICIOUS = "NON_MALICIOUS"
    UNKNOWN = "UNKNOWN"


class Precision(StrEnum):
    """How often statements of a source hold, in ThreatExchange's words."""

    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    UNKNOWN = "UNKNOWN"


#: From how many decided statements on a precision is stated.
MIN_DECIDED = 30
_STATUS = {
    Level.SUSPECTED: OpinionStatus.MALICIOUS,
    Level.WATCH: OpinionStatus.SUSPICIOUS,
    Level.CLEAR: OpinionStatus.NON_MALICIOUS,
}
_WEIGHTS = {Level.SUSPECTED: 2, Level.WATCH: 1, Level.CLEAR: 0}
_AGREEMENT = {0: "strongly-agree", 1: "agree", 2: "strongly-disagree"}
_EXPLANATIONS = {
    "strongly-agree": Words("本单位研判结论一致", "our own verdict is the same"),
    "agree": Words("本单位研判结论相近", "our own verdict is similar"),
    "strongly-disagree": Words("本单位研判结论相反", "our own verdict is the opposite"),
}


class SharedOpinion(msgspec.Struct, frozen=True, kw_only=True):
    """An opinion on the object `about` of another organisation; times are UTC ms."""

    about: str
    agreement: str
    status: OpinionStatus
    precision: Precision
    explanation: Words
    created_at: int
    modified_at: int
    marking: Marking
    licence: str = ""
    is_withdrawn: bool = False


class ReceivedReaction(msgspec.Struct, frozen=True, kw_only=True):
    """The opinion of another organisation on the objects `about`; `modified_at` is UTC ms.

    `level` is its opinion on their subjects, None if it agrees with the objects. `confidence` is 0-1.
    """

    object_id: str
    about: tuple[str, ...]
    level: Level | None
    confidence: float
    explanation: str
    modified_at: int
    marking: Marking | None = None
    is_withdrawn: bool = False


def precision_of(confirmed: int, refuted: int) -> Precision:
    """Return the precision of a source by the statements on which somebody decided; below 30 it is unknown."""
    if confirmed + refuted < MIN_DECIDED:
        return Precision.UNKNOWN
    share = confirmed / (confirmed + refuted)
    return Precision.HIGH if share >= 0.9 else Precision.MEDIUM if share >= 0.6 else Precision.LOW


def form_opinion(
    about: str, stated: Level, decided: Level, precision: Precision, marking: Marking, at: int
) -> SharedOpinion:
    """Return the opinion of an organisation that decided `decided` on what somebody stated to be `stated`."""
    agreement = _AGREEMENT[abs(_WEIGHTS[stated] - _WEIGHTS[decided])]
    return SharedOpinion(
        about=about,
        agreement=agreement,
        status=_STATUS[decided],
        precision=precision,
        explanation=_EXPLANATIONS[agreement],
        created_at=at,
        modified_at=at,
        marking=marking,
    )
