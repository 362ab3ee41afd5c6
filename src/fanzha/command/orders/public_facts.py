"""State in public words what was found about a limited thing: what it resembles and when, never a rule or a threshold.

The holder can check the fact and say what is wrong with it; how it was found stays with investigators.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils import timezone

from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.base.words import Words
from fanzha.claims.finding import SubjectRole
from fanzha.command.subjects.selectors import find_standing_findings
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("the holder of a limited thing is told what the owner of the limit found")
_NUMBER = Words("该号码的来电或短信涉嫌电信网络诈骗", "calls or texts of this number are suspected of fraud")
#: Public reasons by kind, used without a more exact one; "" is for all other kinds.
_OF_KINDS = {
    "": Words("经核查，涉嫌用于电信网络诈骗", "it is suspected of being used for fraud"),
    "phone_number": _NUMBER,
    "sim_card": _NUMBER,
    "short_code": Words("该端口号发送的短信涉嫌电信网络诈骗", "texts of this sender are suspected of fraud"),
    "trunk": Words(
        "经该线路送出的部分来电涉嫌诈骗，或主叫号码不实",
        "some calls of this line are suspected of fraud, or show numbers that are not theirs",
    ),
    "website": Words("该网站涉嫌用于电信网络诈骗", "this site is suspected of being used for fraud"),
    "host": Words("该网站涉嫌用于电信网络诈骗", "this site is suspected of being used for fraud"),
    "app": Words("该应用涉嫌用于电信网络诈骗", "this app is suspected of being used for fraud"),
    "account": Words("该账号涉嫌用于电信网络诈骗", "this account is suspected of being used for fraud"),
    "payment_account": Words("该账户涉嫌收取或转移诈骗资金", "this account is suspected of moving money from fraud"),
}
_NUMBERS = ("phone_number", "sim_card", "short_code")
_SITES = ("website", "host")
#: Public reasons for a number by the type of fraud.
_OF_NUMBERS = {
    "subscriber_fraud": Words(
        "该号码近期的呼叫情况与诈骗来电相似", "calls of this number lately resemble those of fraud callers"
    ),
    "caller_id_spoofing": Words(
        "显示该号码的来电，号码与实际来源不符", "calls showed this number but did not come from where it belongs"
    ),
    "sim_box": Words(
        "该号码的使用情况与批量外呼设备中的号码相似",
        "this number was used as those in devices that dial in bulk are",
    ),
    "wangiri": Words(
        "该号码的来电响铃即挂断，与诱导回拨的来电相似",
        "calls of this number rang and ended at once, like those that want to be called back",
    ),
    "call_forwarding": Words(
        "该号码的呼叫转移情况与盗取来电、验证码的手法相似",
        "calls were forwarded as by those who steal calls and codes",
    ),
    "iot_card_misuse": Words(
        "该物联网卡用于登记用途以外的通信", "this IoT card was used for other things than it is registered for"
    ),
}
_IMITATION = Words(
    "该网站的名称或页面与他人品牌相近，易使人误认",
    "the name or pages of this site are so close to a brand that people may take it for that brand",
)
#: What was said or written resembles a kind of fraud.
_CONTENT = Words(
    "来电、短信或页面的内容与“{type}”诈骗相似", "what was said, written or shown resembles this kind of fraud: {type}"
)
#: Types that say nothing of a content.
_WITHOUT_CONTENT = {*_OF_NUMBERS, "other", "victim_at_risk", "brand_imitation", ""}


def find_facts(owner: Organization, things: Iterable[tuple[str, str]]) -> dict[str, Words]:
    """Return the fact to state about each thing (kind, digest), by digest; one query for all.

    It is taken from the owner's strongest standing finding on the thing as a suspect, conduit or lure.
    """
    kinds = {thing: kind for kind, thing in things if thing}
    rows = find_standing_findings(_UNSCOPED).filter(owner=owner, subject__thing__in=in_list(sorted(kinds), "text"))
    groups = rows.exclude(role=SubjectRole.VICTIM).order_by().values("subject__thing", "fraud_type")
    totals = groups.annotate(top=Max("score"), latest=Max("found_at"))
    strongest: dict[str, tuple[float, datetime, str]] = {}
    for thing, top, latest, fraud_type in totals.values_list("subject__thing", "top", "latest", "fraud_type"):
        found = (top, latest, fraud_type)
        strongest[thing] = max(found, strongest.get(thing, found))
    return {thing: _state_fact(kind, strongest.get(thing)) for thing, kind in kinds.items()}


def describe_fact(kind: str, fraud_type: str) -> Words:
    """Return what may be said in public of a finding of a fraud type on a kind of thing."""
    if kind in _NUMBERS and fraud_type in _OF_NUMBERS:
        return _OF_NUMBERS[fraud_type]
    if kind in _SITES and fraud_type == "brand_imitation":
        return _IMITATION
    if fraud_type in FRAUD_TYPES and fraud_type not in _WITHOUT_CONTENT:
        words = FRAUD_TYPES[fraud_type]
        return Words(_CONTENT.zh.format(type=words.zh), _CONTENT.en.format(type=words.en))
    return _OF_KINDS.get(kind, _OF_KINDS[""])


def _state_fact(kind: str, strongest: tuple[float, datetime, str] | None) -> Words:
    if strongest is None:
        fact = _OF_KINDS.get(kind, _OF_KINDS[""])
        return Words(fact.zh, f"{fact.en[0].upper()}{fact.en[1:]}")
    _score, found_at, fraud_type = strongest
    day, fact = timezone.localtime(found_at), describe_fact(kind, fraud_type)
    return Words(f"{day.year}年{day.month}月{day.day}日发现：{fact.zh}", f"Found on {day:%Y-%m-%d}: {fact.en}")
