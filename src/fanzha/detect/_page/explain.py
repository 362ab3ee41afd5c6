"""Findings of the phishing-page detector: sentence, reasons, public notice and evidence."""

from dataclasses import dataclass
from typing import Any

import msgspec

from fanzha.base.clock import span_ms
from fanzha.base.words import Words
from fanzha.claims import Finding, legal_basis
from fanzha.detect._contributions import (
    Contribution,
    contribution_evidence,
    describe_contribution,
    summarize_contributions,
)

NAME, VERSION = "phishing-page", "1"
LAW = ("ATF Art. 24", "ATF Art. 25")
VALID_MS = span_ms("90d")
MAX_URL = 120  # characters displayed

USUAL = Words("普通网页中位数", "ordinary pages' median")
_SPECIAL = {"url_letters": Words("网址用字与钓鱼网址相似", "a URL spelt as those of phishing pages")}

PUBLIC = Words(
    "该网页的特征与钓鱼网页相似，已列入人工核查。如为正常网页，可提交主体与备案材料申诉。",
    "This page resembles phishing pages; people will check it. If it is rightful, appeal with its owner and filing.",
)

WITHOUT_REPUTATION = Words(
    "未取得域名外部信誉数据，仅按网址与页面判断，查全率较低。",
    "Nothing was known of the domain's reputation: URL and page alone were judged, which finds fewer.",
)


@dataclass(frozen=True)
class PageAssessment:
    """One page that a model scores above a threshold."""

    model: str
    model_version: str
    host: str
    score: float
    rate: float  # share of innocent pages that reach `threshold`
    threshold: float
    contributions: tuple[Contribution, ...]
    with_reputation: bool


def build_finding(assessment: PageAssessment, event: dict[str, Any]) -> Finding:
    """Return the finding of a page; `event` has the envelope columns and the URL."""
    reasons, sentence = build_reasons(assessment, event["url"]), build_sentence(assessment)
    return Finding(
        detector=NAME,
        version=VERSION,
        subject_kind="website",
        subject=assessment.host,
        fraud_type="phishing",
        score=round(assessment.score, 4),
        found_at=event["occurred_at"],
        valid_until=event["occurred_at"] + VALID_MS,
        sentence_zh=sentence.zh,
        sentence_en=sentence.en,
        reasons_zh=tuple(words.zh for words in reasons),
        reasons_en=tuple(words.en for words in reasons),
        public_zh=PUBLIC.zh,
        public_en=PUBLIC.en,
        evidence=msgspec.json.encode(_evidence(assessment, event["url"])).decode(),
        event_ids=(event["event_id"],),
        basis=legal_basis(LAW, event["basis"]),
        simulated=event["simulated"],
        service="web",
    )


def build_sentence(assessment: PageAssessment) -> Words:
    """Return what was seen: the host, and what about the page is most like phishing pages."""
    signs = summarize_contributions(assessment.contributions, _SPECIAL, 3)
    zh, en = f"{assessment.host} 的这个网页像钓鱼网页", f"This page of {assessment.host} is like phishing pages"
    return Words(f"{zh}：{signs.zh}。", f"{en}: {signs.en}.") if signs.en else Words(f"{zh}。", f"{en}.")


def build_reasons(assessment: PageAssessment, url: str) -> list[Words]:
    """Return the reasons: top contributions, the score and its threshold, and the scope of the finding."""
    score, rate, threshold = f"{assessment.score:.3f}", f"{assessment.rate * 100:g}%", f"{assessment.threshold:.3f}"
    display_url = url if len(url) <= MAX_URL else f"{url[:MAX_URL]}…"
    score_words = Words(
        f"网页模型 {assessment.model} 评分 {score}；公开数据上约 {rate} 的正常网页达到阈值 {threshold}。",
        f"Page model {assessment.model} scores {score}; on public data about {rate} of innocent pages reached the "
        f"threshold {threshold}.",
    )
    scope = Words(
        f"仅指这一网页：{display_url}。须由人复核；站点被入侵或为托管平台时，只按网址处置，不封域名。",
        f"Meant is this page alone: {display_url}. A person checks it; where the site was hacked or hosts "
        "others, act on the URL, not on the domain.",
    )
    caveat = [] if assessment.with_reputation else [WITHOUT_REPUTATION]
    return [
        *(describe_contribution(contribution, USUAL) for contribution in assessment.contributions),
        score_words,
        *caveat,
        scope,
    ]


def _evidence(assessment: PageAssessment, url: str) -> dict[str, object]:
    return {
        "url": url,
        "model": assessment.model,
        "model_version": assessment.model_version,
        "score": round(assessment.score, 6),
        "threshold": round(assessment.threshold, 6),
        "false_alarm_rate": assessment.rate,
        "features": contribution_evidence(assessment.contributions),
    }
