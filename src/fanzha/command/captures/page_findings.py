"""Findings of a look: the page model, and what the page claims, hides and asks for.

They are in shadow: people decide what becomes of a page. No claim about a brand is made without pictures of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.claims import Finding, Mode
from fanzha.events import all_events
from fanzha.kinds.website import KIND as WEBSITE
from fanzha.store.look_record import BrandLikeness, LookRecord, PersonaVisit

if TYPE_CHECKING:
    from fanzha.detect import Detector

DETECTOR, VERSION, LAW = "page-look", "1", "ATF Art. 25"
BASIS = "N18.3"
VALID_MS = 30 * 86_400_000
SECRETS = frozenset({"password", "card", "id_number", "sms_code", "pin", "wallet"})
_ASKS = {
    "password": Words("密码", "a password"),
    "card": Words("银行卡信息", "card data"),
    "id_number": Words("证件号码", "an identity number"),
    "sms_code": Words("短信验证码", "a code sent by text"),
    "pin": Words("支付密码", "a PIN"),
    "wallet": Words("钱包助记词", "the words of a wallet"),
}
_PUBLIC = Words(
    "该网页的内容与钓鱼网页相似，已列入人工核查。如为正常网页，可提交主体与备案材料申诉。",
    "This page resembles phishing pages; people will check it. If it is rightful, appeal with its owner and filing.",
)


def find_page_findings(record: LookRecord, owner: str, kits: Sequence[str], *, simulated: bool) -> list[Finding]:
    """Return the findings of a look for an organisation (a ref); `kits` are the parts that tie it to other pages."""
    visit = record.telling_visit
    if visit is None or not visit.facts:
        return []
    host = find_host(visit.final_url)
    found = [*_score_page(record, visit, host), *_judge_claims(record, visit, host)]
    return [
        msgspec.structs.replace(
            finding,
            evidence=_with_kits(finding.evidence, kits, visit.final_url),
            mode=Mode.SHADOW,
            owner_organisation=owner,
            simulated=simulated,
        )
        for finding in found
    ]


def find_event_id(record: LookRecord, visit: PersonaVisit) -> str:
    """Return the id of the event of a look."""
    return f"look:{record.at}:{find_host(visit.final_url)}"


def build_site_event(record: LookRecord, visit: PersonaVisit) -> dict[str, Any]:
    """Return the event of a page as columns of `site_seen`, one value each."""
    host = find_host(visit.final_url)
    return {
        "event_id": [find_event_id(record, visit)],
        "occurred_at": [record.at],
        "observed_at": [record.at],
        "source": ["look"],
        "basis": [BASIS],
        "simulated": [False],
        "host": [host],
        "url": [visit.final_url],
        "title": [visit.title or None],
        "seen_by": ["crawl"],
        "page_facts": [list(visit.facts.items())],
    }


def _score_page(record: LookRecord, visit: PersonaVisit, host: str) -> list[Finding]:
    batch = all_events()["site_seen"].conform(build_site_event(record, visit), 1)
    session = _page_detector().open()
    session.feed("site_seen", batch)
    return list(session.finish())


@cache
def _page_detector() -> Detector:
    from fanzha.detect import all_detectors  # loads pyarrow.compute, which pages do not need

    return all_detectors()["phishing-page"]


def _judge_claims(record: LookRecord, visit: PersonaVisit, host: str) -> list[Finding]:
    """Return the finding of a page that asks for secrets and hides, or looks like a brand; none for one sign alone."""
    secrets = sorted(SECRETS & set(visit.asks))
    brands = strange_brands(record.brands, host)
    handed = [download for download in visit.downloads if download.name.lower().endswith((".apk", ".ipa"))]
    if not ((secrets and (record.is_cloaked or brands)) or (handed and record.is_cloaked)):
        return []
    score = 0.95 if secrets and record.is_cloaked and brands else 0.9 if brands else 0.85
    sentence = _build_sentence(host, secrets, record.is_cloaked, brands, bool(handed))
    reasons = [sentence, *(_describe_brand(likeness) for likeness in brands)]
    return [
        Finding(
            detector=DETECTOR,
            version=VERSION,
            subject_kind="website",
            subject=host,
            fraud_type="phishing",
            score=score,
            found_at=record.at,
            valid_until=record.at + VALID_MS,
            sentence_zh=sentence.zh,
            sentence_en=sentence.en,
            reasons_zh=tuple(words.zh for words in reasons),
            reasons_en=tuple(words.en for words in reasons),
            public_zh=_PUBLIC.zh,
            public_en=_PUBLIC.en,
            evidence=msgspec.json.encode({"asks": secrets, "cloaked": record.is_cloaked}).decode(),
            event_ids=(find_event_id(record, visit),),
            basis=LAW,
            service="web",
            simulated=False,  # the caller sets it
        )
    ]


def strange_brands(likenesses: Sequence[BrandLikeness], host: str) -> list[BrandLikeness]:
    """Return the likenesses to brands that the host does not belong to."""
    return [each for each in likenesses if host != each.brand and not host.endswith(f".{each.brand}")]


def _build_sentence(host: str, secrets: list[str], cloaked: bool, brands: list[BrandLikeness], handed: bool) -> Words:
    zh, en = [], []
    if secrets:
        asked = [_ASKS[name] for name in secrets]
        zh.append(f"索取{'、'.join(words.zh for words in asked)}")
        en.append(f"asks for {', '.join(words.en for words in asked)}")
    if brands:
        zh.append(f"图标或标识与 {brands[0].brand} 相似而域名不属于该单位")
        en.append(f"has a picture like one of {brands[0].brand}, to which its name does not belong")
    if cloaked:
        zh.append("对部分访客隐藏真实内容")
        en.append("hides itself from some visitors")
    if handed:
        zh.append("下发安装包")
        en.append("hands out an app")
    return Words(f"{host} 的网页{'，'.join(zh)}。", f"The page of {host} {', '.join(en)}.")


def _describe_brand(likeness: BrandLikeness) -> Words:
    return Words(
        f"{likeness.source} 与 {likeness.brand} 的图片 {likeness.picture} 相差 {likeness.distance}/256 位。",
        f"{likeness.source} differs from picture {likeness.picture} of {likeness.brand} in {likeness.distance} of 256 "
        "bits.",
    )


def _with_kits(evidence: str, kits: Sequence[str], url: str) -> str:
    facts = {**msgspec.json.decode(evidence), "url": url}
    return msgspec.json.encode({**facts, "kits": list(kits)} if kits else facts).decode()


def find_host(url: str) -> str:
    """Return the canonical host of a URL, or the host as it is written."""
    host = urlsplit(url).hostname or ""
    try:
        return WEBSITE.normalise(host)
    except Malformed:
        return host
