"""Statements of a made-up organisation, for the tests of all exchange formats."""

from typing import Any

from fanzha.base.clock import moment_ms
from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.share.items import SharedCampaign, SharedVerdict, SharingOrganization

AT = moment_ms("2026-11-02T08:00:00Z")
DAY = 86_400_000
KEY = b"a key of thirty-two bytes or so."
SOURCE = SharingOrganization(
    ref="01JCENTRE0000000000000000A", name_zh="示例反诈中心", name_en="Example Centre", since=AT - 90 * DAY
)


def verdict(kind: str, value: str, **fields: Any) -> SharedVerdict:
    """Return a verdict on a subject of a kind."""
    defaults: dict[str, Any] = {
        "key": f"{kind}|{value}",
        "level": Level.SUSPECTED,
        "score": 0.92,
        "fraud_type": "phishing",
        "created_at": AT,
        "modified_at": AT,
        "valid_from": AT,
        "valid_until": AT + 30 * DAY,
        "marking": Marking.AMBER,
        "reason": Words("仿冒银行登录页", "copies the login page of a bank"),
    }
    return SharedVerdict(subject_kind=kind, subject=value, **defaults | fields)


def campaign(key: str = "CAMPAIGN1", **fields: Any) -> SharedCampaign:
    """Return a confirmed campaign."""
    defaults: dict[str, Any] = {
        "title": Words("示例套件", "example kit"),
        "fraud_type": "phishing",
        "created_at": AT,
        "modified_at": AT,
        "first_seen": AT - DAY,
        "last_seen": AT,
        "marking": Marking.AMBER,
    }
    return SharedCampaign(key=key, **defaults | fields)


#: One value of each kind that an exchange carries.
OF_EACH_KIND = {
    "account": "wechat:abc_123",
    "app": "apk:" + "0a" * 32,
    "device": "490154203237518",
    "host": "203.0.113.7",
    "kit": "kit:" + "0d" * 32,
    "message": "msg:" + "0c" * 12,
    "number_range": "+861700000xxxx",
    "organization": "91350211M000100Y43",
    "outlet": "BJ-0001",
    "payment_account": "card:6222020000000000003",
    "phone_number": "+8617000000001",
    "short_code": "95588",
    "sim_card": "89860012345678901234",
    "trunk": "GW-7",
    "website": "login-bank.example.com",
}
