"""Verdict: the current fused opinion on a subject, with scope, reasons, end and owner."""

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import msgspec

from fanzha.base.words import Words
from fanzha.claims.treatment import Treatment
from fanzha.events.call_offered import INGRESS

FOREVER = 9_007_199_254_740_991  # UTC ms; the greatest integer that is exact in JSON (2^53 - 1)


class Level(StrEnum):
    """Level of suspicion of a subject; a police case is a separate fact."""

    CLEAR = "clear"
    WATCH = "watch"
    SUSPECTED = "suspected"


LEVELS = tuple(Level)
LEVEL_WORDS: dict[Level, Words] = {
    Level.CLEAR: Words("无嫌疑", "clear"),
    Level.WATCH: Words("关注", "watch"),
    Level.SUSPECTED: Words("涉诈嫌疑", "suspected"),
}

#: Values of a scope's fields; "" means any. Snapshots store their indices: add new values at the end.
DIRECTIONS = ("", "incoming", "outgoing")
SERVICES = ("", "voice", "text", "web", "data", "other")
INGRESSES = ("", *INGRESS)

SCOPE_WORDS: dict[str, Words] = {
    "incoming": Words("呼入", "incoming"),
    "outgoing": Words("呼出", "outgoing"),
    "voice": Words("语音", "voice"),
    "text": Words("短信", "texts"),
    "web": Words("网页", "web"),
    "data": Words("数据", "data"),
    "other": Words("其他业务", "another service"),
    "international_gateway": Words("国际关口局", "international gateway"),
    "interconnect": Words("网间互联", "interconnect"),
    "leased_line": Words("专线", "leased line"),
    "mobile": Words("移动网", "mobile"),
    "voip": Words("网络电话", "VoIP"),
}

#: Services by the channel names of sources; all message channels are the service `text`.
_SERVICES = {"sms": "text", "mms": "text", "rcs": "text", "im": "text", "call": "voice"}


class VerdictScope(NamedTuple):
    """Where a verdict holds; "" means any."""

    direction: str = ""
    service: str = ""
    ingress: str = ""

    def covers(self, other: "VerdictScope") -> bool:
        """Return whether this scope includes the other one."""
        return all(own in ("", part) for own, part in zip(self, other, strict=True))

    @property
    def width(self) -> int:
        """Return the number of unrestricted fields."""
        return sum(not part for part in self)

    @property
    def words(self) -> Words:
        """Return the scope as text for display."""
        labels = [SCOPE_WORDS[part] for part in self if part] or [Words("不限", "anywhere")]
        return Words("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))


@lru_cache(maxsize=1_024)
def verdict_scope(direction: str = "", service: str = "", ingress: str = "") -> VerdictScope:
    """Return a scope with the values of snapshots; an unknown service becomes `other`, which is never looked up."""
    canonical = _SERVICES.get(service, service)
    return VerdictScope(
        direction if direction in DIRECTIONS else "",
        canonical if canonical in SERVICES else "other",
        ingress if ingress in INGRESSES else "",
    )


class CaseStatus(StrEnum):
    """Police status of a subject; never part of a verdict."""

    NONE = ""
    FILED = "filed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


CASES = tuple(CaseStatus)
CASE_WORDS: dict[CaseStatus, Words] = {
    CaseStatus.NONE: Words("无案件", "no case"),
    CaseStatus.FILED: Words("公安已立案", "in a police case"),
    CaseStatus.CONFIRMED: Words("公安认定涉案", "confirmed by the police"),
    CaseStatus.WITHDRAWN: Words("公安已撤案", "police case withdrawn"),
}


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Police case on a subject: status, police body, case reference, and period (UTC ms)."""

    subject_kind: str
    subject: str
    status: CaseStatus
    body: str
    reference: str = ""
    at: int
    until: int = FOREVER


SOURCE_WORDS: dict[str, Words] = {
    "finding": Words("线索", "finding"),
    "opinion": Words("意见", "opinion"),
    "decision": Words("决定", "decision"),
    "spared": Words("免扰名单", "spared list"),
}


class VerdictPart(msgspec.Struct, frozen=True, kw_only=True):
    """One contribution to a verdict: source, weight (0–1; 0: shown, not counted), end and reason."""

    source: str  # finding, opinion, decision or spared
    id: str
    by: str  # detector, organisation or owner
    weight: float
    until: int
    zh: str
    en: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Verdict on one subject in one scope. `treatment` is the strictest that a call or text may get."""

    subject_kind: str
    subject: str
    holder_from: int | None
    scope: VerdictScope
    level: Level
    score: float
    fraud_type: str
    treatment: Treatment
    until: int  # UTC ms, exclusive; only new evidence changes the verdict before
    organization: str = msgspec.field(name="organisation")  # the owner of the verdict
    simulated: bool
    why: tuple[VerdictPart, ...]  # the heaviest first
