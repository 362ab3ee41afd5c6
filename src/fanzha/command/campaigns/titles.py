"""Titles of campaigns and ties in both languages, made from their data."""

from typing import Protocol

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.kinds import SubjectKind, all_kinds


class TitleFacts(Protocol):
    """The facts that a title is generated from."""

    tie_kind: str
    tie_value: str
    fraud_type: str
    findings: int
    subjects: int
    victims: int
    calls: int


#: Titles of tie kinds; a tie that is a subject has the title of its subject kind.
TIE_WORDS: dict[str, Words] = {
    "trunk": Words("中继", "trunk"),
    "range": Words("号段", "number range"),
    "device": Words("设备", "device"),
    "domain": Words("域名", "domain"),
    "contact": Words("联系账号", "contact account"),
    "kit": Words("网站模板", "site template"),
    "script": Words("话术", "script"),
    "outlet": Words("网点", "outlet"),
    "subject": Words("对象", "subject"),
    "hand": Words("人工合并", "merged by a person"),
    "call": Words("通话", "call"),
    "sender": Words("发送方", "sender"),
    "conversation": Words("会话", "conversation"),
}
HIDDEN = "•"
_UNKNOWN_TYPE = Words("可疑模式", "suspicious pattern")
#: Ties whose values are numbers or names of persons, and are shown masked.
_MASKED_KINDS = frozenset({"phone_number", "sim_card", "device", "person", "account", "payment_account", "contact"})


def campaign_title(campaign: TitleFacts) -> Words:
    """Return the title: fraud type, main tie and counts."""
    fraud_type = FRAUD_TYPES.get(campaign.fraud_type, _UNKNOWN_TYPE)
    tie = tie_title(campaign.tie_kind, campaign.tie_value)
    counts = list(_counts(campaign))
    return Words(
        " · ".join([fraud_type.zh, tie.zh, *(count.zh for count in counts)]),
        " · ".join([fraud_type.en, tie.en, *(count.en for count in counts)]),
    )


def tie_title(kind: str, value: str) -> Words:
    """Return the title of a tie; values that identify a person or a line are masked."""
    definition = all_kinds().get(kind)
    name = TIE_WORDS.get(kind) or (definition.title if definition else Words(kind, kind))
    displayed = _mask(definition or all_kinds()["account"], value) if kind in _MASKED_KINDS and value else value
    if kind == "range":
        displayed = _mask_range(value)
    if kind == "script":
        return Words(f"{name.zh}“{value}”", f"{name.en} “{value}”")
    return Words(f"{name.zh} {displayed}".strip(), f"{name.en} {displayed}".strip())


def _mask(kind: SubjectKind, value: str) -> str:
    """Mask a value by its kind; a value that its kind rejects keeps at most two characters."""
    try:
        return kind.mask(kind.normalise(value))
    except Malformed:
        return f"{value[:2]}••••"


def _mask_range(value: str) -> str:
    """Mask a range like its numbers; a different mask would reveal whole numbers by combination."""
    block = value.rstrip(HIDDEN)
    hidden = len(value) - len(block)
    signs = list(_mask(all_kinds()["phone_number"], block + "0" * hidden))
    digits = [index for index, sign in enumerate(signs) if sign.isdigit()]
    for index in digits[len(digits) - hidden :]:
        signs[index] = HIDDEN
    return "".join(signs)


def _counts(campaign: TitleFacts) -> list[Words]:
    counts = []
    if campaign.calls:
        noun = "call" if campaign.calls == 1 else "calls"
        counts.append(Words(f"{campaign.calls:,} 通", f"{campaign.calls:,} {noun}"))
    if campaign.subjects > 1:
        counts.append(Words(f"{campaign.subjects:,} 个对象", f"{campaign.subjects:,} subjects"))
    if campaign.victims:
        people = "person" if campaign.victims == 1 else "people"
        counts.append(Words(f"待劝阻 {campaign.victims:,} 人", f"{campaign.victims:,} {people} to warn"))
    if not counts:
        noun = "finding" if campaign.findings == 1 else "findings"
        counts.append(Words(f"{campaign.findings:,} 条线索", f"{campaign.findings:,} {noun}"))
    return counts
