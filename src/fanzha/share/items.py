"""What organisations share: statements on subjects, campaigns and opinions, in a form of no exchange format."""

from enum import StrEnum

import msgspec

from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.share.opinions import ReceivedReaction


class SharingOrganization(msgspec.Struct, frozen=True, kw_only=True):
    """The organisation that states something. `ref` identifies it, `since` (UTC ms) is when it began to share."""

    ref: str
    name_zh: str
    name_en: str
    since: int


class SharedVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What one organisation states about one subject; times are UTC ms, `subject` is canonical.

    `key` identifies the statement at its source and stays the same in all versions. `campaigns` are keys of the
    campaigns that the subject belongs to. `sightings` counts how often the source saw it between `first_seen` and
    `last_seen`. `licence` says what a receiver may do with it, "" for nothing but its marking. `may_be_passed_on`:
    it does not rest on a source alone whose licence forbids it.
    """

    key: str
    subject_kind: str
    subject: str
    level: Level
    score: float
    created_at: int
    modified_at: int
    valid_from: int
    marking: Marking
    valid_until: int | None = None
    fraud_type: str = ""
    direction: str = ""
    service: str = ""
    ingress: str = ""
    treatment: str = ""
    reason: Words = Words("", "")
    licence: str = ""
    sightings: int = 0
    first_seen: int = 0
    last_seen: int = 0
    campaigns: tuple[str, ...] = ()
    is_withdrawn: bool = False
    simulated: bool = False
    may_be_passed_on: bool = True


class SharedCampaign(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign that a person confirmed; `subjects` are the keys of the verdicts on its subjects."""

    key: str
    title: Words
    fraud_type: str
    created_at: int
    modified_at: int
    first_seen: int
    last_seen: int
    marking: Marking
    licence: str = ""
    subjects: tuple[str, ...] = ()
    is_withdrawn: bool = False
    simulated: bool = False


class ReceivedVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What another organisation states about a subject, as its exchange format says it; times are UTC ms.

    `object_id` is the id of the object that says so, `values` the number of subjects that this object names.
    `subject_kind` and `subject` are "" if the object withdraws an earlier one and names none. `marking` is None if the
    source gave none. `campaigns` are ids of objects.
    """

    object_id: str
    subject_kind: str
    subject: str
    level: Level
    score: float | None
    created_at: int
    modified_at: int
    valid_from: int
    valid_until: int | None = None
    marking: Marking | None = None
    licence: str = ""
    fraud_type: str = ""
    direction: str = ""
    service: str = ""
    ingress: str = ""
    reason: str = ""
    campaigns: tuple[str, ...] = ()
    is_withdrawn: bool = False
    simulated: bool = False


class ReceivedCampaign(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign that another organisation confirmed."""

    object_id: str
    title: str
    modified_at: int
    marking: Marking | None = None
    is_withdrawn: bool = False


class RejectReason(StrEnum):
    """Why an object of another organisation is of no use here."""

    UNREADABLE = "unreadable"
    UNUSED_TYPE = "unused_type"
    NO_OPINION = "no_opinion"
    PATTERN = "pattern"
    VALUE = "value"
    TIMES = "times"
    MARKING = "marking"
    TOO_LARGE = "too_large"


REJECT_WORDS: dict[RejectReason, Words] = {
    RejectReason.UNREADABLE: Words("无法解析", "cannot be read"),
    RejectReason.UNUSED_TYPE: Words("此类内容不用于研判", "a type that is not used here"),
    RejectReason.NO_OPINION: Words("意见为中立或仅作询问", "an opinion that is neutral, or only asks for more"),
    RejectReason.PATTERN: Words("模式过于复杂，未采用", "a pattern that is not understood"),
    RejectReason.VALUE: Words("数值格式不正确", "no valid value of its kind"),
    RejectReason.TIMES: Words("时间不合理", "impossible times"),
    RejectReason.MARKING: Words("标有 TLP:RED，不得传送", "marked TLP:RED, which nobody may pass on"),
    RejectReason.TOO_LARGE: Words("超出大小限制", "larger than the limits"),
}


class FeedContent(msgspec.Struct, frozen=True):
    """What was read of an answer or file, and how many of its objects were rejected for which reason."""

    verdicts: list[ReceivedVerdict] = []
    campaigns: list[ReceivedCampaign] = []
    rejected: dict[RejectReason, int] = {}
    reactions: list[ReceivedReaction] = []
