"""What an investigator and the site's owner are told of a page, and the evidence that goes with it."""

from dataclasses import dataclass
from typing import Any

import msgspec

from fanzha.base.clock import span_ms
from fanzha.base.words import Words
from fanzha.claims import Finding, legal_basis
from fanzha.detect._contributions import Contribution, as_evidence, told

NAME, VERSION = "phishing-page", "1"
LAW = ("ATF Art. 24", "ATF Art. 25")
VALID_MS = span_ms("90d")
LONGEST_URL = 120  # characters shown

USUAL = Words("普通网页中位数", "ordinary pages' median")

PUBLIC = Words(
    "该网页的特征与钓鱼网页相似，已列入人工核查。如为正常网页，可提交主体与备案材料申诉。",
    "This page resembles phishing pages; people will check it. If it is rightful, appeal with its owner and filing.",
)

WITHOUT_REPUTATION = Words(
    "未取得域名外部信誉数据，仅按网址与页面判断，查全率较低。",
    "Nothing was known of the domain's reputation: URL and page alone were judged, which finds fewer.",
)


@dataclass(frozen=True)
class Judged:
    """One page that a model scores above a threshold."""

    model: str
    model_version: str
    host: str
    score: float
    rate: float  # share of innocent pages that reach the threshold it passed
    threshold: float
    contributions: tuple[Contribution, ...]
    with_reputation: bool


def finding(judged: Judged, event: dict[str, Any]) -> Finding:
    """Say what a page amounts to; `event` has the envelope and the URL."""
    said = reasons(judged, event["url"])
    return Finding(
        detector=NAME,
        version=VERSION,
        subject_kind="website",
        subject=judged.host,
        fraud_type="phishing",
        score=round(judged.score, 4),
        found_at=event["occurred_at"],
        valid_until=event["occurred_at"] + VALID_MS,
        reasons_zh=tuple(words.zh for words in said),
        reasons_en=tuple(words.en for words in said),
        public_zh=PUBLIC.zh,
        public_en=PUBLIC.en,
        evidence=msgspec.json.encode(_evidence(judged, event["url"])).decode(),
        event_ids=(event["event_id"],),
        basis=legal_basis(LAW, event["basis"]),
        simulated=event["simulated"],
        service="web",
    )


def reasons(judged: Judged, url: str) -> list[Words]:
    """Say what moved the score most, the score against its threshold, and how far it may be acted on."""
    score, rate, threshold = f"{judged.score:.3f}", f"{judged.rate * 100:g}%", f"{judged.threshold:.3f}"
    shown = url if len(url) <= LONGEST_URL else f"{url[:LONGEST_URL]}…"
    score_words = Words(
        f"网页模型 {judged.model} 评分 {score}；公开数据上约 {rate} 的正常网页达到阈值 {threshold}。",
        f"Page model {judged.model} scores {score}; on public data about {rate} of innocent pages reached the "
        f"threshold {threshold}.",
    )
    scope = Words(
        f"仅指这一网页：{shown}。须由人复核；站点被入侵或为托管平台时，只按网址处置，不封域名。",
        f"Meant is this page alone: {shown}. A person checks it; where the site was hacked or hosts others, act on the "
        "URL, not on the domain.",
    )
    caveat = [] if judged.with_reputation else [WITHOUT_REPUTATION]
    return [*(told(one, USUAL) for one in judged.contributions), score_words, *caveat, scope]


def _evidence(judged: Judged, url: str) -> dict[str, object]:
    return {
        "url": url,
        "model": judged.model,
        "model_version": judged.model_version,
        "score": round(judged.score, 6),
        "threshold": round(judged.threshold, 6),
        "false_alarm_rate": judged.rate,
        "features": as_evidence(judged.contributions),
    }
