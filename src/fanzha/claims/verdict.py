"""A verdict: the present, fused opinion on a subject, where it holds, why, until when and whose (design §2)."""

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import msgspec

from fanzha.base.words import Words
from fanzha.claims.treatment import Treatment
from fanzha.events.call_offered import INGRESS

FOREVER = 9_007_199_254_740_991  # UTC ms; the greatest whole number that JSON readers agree on


class Level(StrEnum):
    """What is thought of a subject, from nothing to strong suspicion; a police case is another fact beside it."""

    CLEAR = "clear"
    WATCH = "watch"
    SUSPECTED = "suspected"


LEVELS = tuple(Level)
LEVEL_WORDS: dict[Level, Words] = {
    Level.CLEAR: Words("无嫌疑", "clear"),
    Level.WATCH: Words("关注", "watch"),
    Level.SUSPECTED: Words("涉诈嫌疑", "suspected"),
}

#: What a scope may say; "" is any. Their order is the code in snapshots: add at the end.
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

#: Message channels as sources name them are one service: whoever is told of texts is told of all of them.
_SERVICES = {"sms": "text", "mms": "text", "rcs": "text", "im": "text", "call": "voice"}


class VerdictScope(NamedTuple):
    """Where a verdict holds; each field is "" where it holds for any."""

    direction: str = ""
    service: str = ""
    ingress: str = ""

    def covers(self, other: "VerdictScope") -> bool:
        """Return whether whatever lies in the other scope lies in this one too."""
        return all(own in ("", given) for own, given in zip(self, other, strict=True))

    @property
    def width(self) -> int:
        """Return how many of its fields are open."""
        return sum(not part for part in self)

    @property
    def words(self) -> Words:
        """Return where it holds, as people read it."""
        said = [SCOPE_WORDS[part] for part in self if part] or [Words("不限", "anywhere")]
        return Words("、".join(one.zh for one in said), ", ".join(one.en for one in said))


@lru_cache(maxsize=1_024)
def verdict_scope(direction: str = "", service: str = "", ingress: str = "") -> VerdictScope:
    """Return a scope in the words of snapshots; what is not known there narrows it to where nothing is looked up."""
    known = _SERVICES.get(service, service)
    return VerdictScope(
        direction if direction in DIRECTIONS else "",
        known if known in SERVICES else "other",
        ingress if ingress in INGRESSES else "",
    )


class CaseStatus(StrEnum):
    """What the police say of a subject; never part of a verdict (handbook §12.2)."""

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
    """The police status of a subject: which body says so, under which number, since when and until when (UTC ms)."""

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
    """One contribution to a verdict: of whom, how much it weighed (0–1; 0: told, not counted), until when, in words."""

    source: str  # finding, opinion, decision or spared
    id: str
    by: str  # detector, organisation or owner
    weight: float
    until: int
    zh: str
    en: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One subject in one scope. `treatment` is the most that may be done to one call or text by it (design §5)."""

    subject_kind: str
    subject: str
    holder_from: int | None
    scope: VerdictScope
    level: Level
    score: float
    fraud_type: str
    treatment: Treatment
    until: int  # UTC ms, exclusive: until then it stays so without new evidence
    organisation: str  # whose verdict it is
    simulated: bool
    why: tuple[VerdictPart, ...]  # the weightiest first
