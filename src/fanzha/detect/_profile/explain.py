"""Findings of the fraud-subscriber detector: sentence, reasons, public notice and evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from fanzha.base.clock import span_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.claims import Finding, legal_basis
from fanzha.detect._contributions import (
    Contribution,
    contribution_evidence,
    describe_contribution,
    summarize_contributions,
)
from fanzha.kinds.phone_number import KIND as PHONE_NUMBER

NAME, VERSION = "fraud-subscriber", "1"
LAW = ("ATF Art. 11", "ATF Art. 32")
VALID_MS = span_ms("30d")

#: Columns of a profile that its sentence states.
USED = ("calls", "other_parties", "calls_made")
USUAL = Words("普通用户中位数", "ordinary subscribers' median")

PUBLIC = Words(
    "您的号码近期使用情况与常见用户差异较大，运营商可能请您核验实名信息。核验通过即恢复；如有异议，可向运营商申诉。",
    "Your number has lately been used unlike most. The operator may ask you to confirm your identity, which lifts any "
    "limit; you can appeal to the operator.",
)

NO_BILL = Words(
    "该用户没有账单。训练数据中没有账单的用户全部是诈骗，可能只是数据制作所致，因此不以此为据，仅按通话与短信判断。",
    "This subscriber has no bill. In the training everybody without one was a fraudster, which may say more of how the "
    "data were made; it is not held against anybody, and calls and texts alone were judged.",
)

NO_BILLING_DATA = Words(
    "来源不含账单数据，仅按通话与短信判断，查全率低于完整画像。",
    "The source has no billing data: calls and texts alone were judged, which finds fewer than the whole profile.",
)

#: The figures are from the model's card and docs/reference/models.md.
FROM_WINDOWS = Words(
    "画像由 30 天的通话与短信按窗口计算，缺中位数、最忙时段和地点。在训练数据（数月）上，误报率 1% 时查全率由 78% "
    "降至 72%，按原 1% 阈值误报率为 1.1%–1.5%；30 天画像未经真实数据检验，请结合其他线索核实。",
    "The profile was made of 30 days of calls and texts by windows: medians, busiest times and places are missing. On "
    "the training data, which spans months, 72% of the frauds are then found at 1% false alarms instead of 78%, and "
    "1.1% to 1.5% of ordinary subscribers reach the threshold for 1%. Profiles of 30 days were not measured on real "
    "data: check with other leads.",
)


@dataclass(frozen=True)
class ProfileAssessment:
    """One subscriber that a model scores above a threshold."""

    model: str
    model_version: str
    score: float
    rate: float  # share of ordinary subscribers that reach `threshold`
    threshold: float
    contributions: tuple[Contribution, ...]
    caveat: Words | None


def build_finding(assessment: ProfileAssessment, event: dict[str, Any]) -> Finding:
    """Return the finding of a profile; `event` has the envelope columns and the subscriber."""
    reasons, sentence = build_reasons(assessment), build_sentence(assessment, event)
    return Finding(
        detector=NAME,
        version=VERSION,
        subject_kind=PHONE_NUMBER.name,
        subject=_subject(event["subscriber"]),
        fraud_type="subscriber_fraud",
        score=round(assessment.score, 4),
        found_at=event["occurred_at"],
        valid_until=event["occurred_at"] + VALID_MS,
        sentence_zh=sentence.zh,
        sentence_en=sentence.en,
        reasons_zh=tuple(words.zh for words in reasons),
        reasons_en=tuple(words.en for words in reasons),
        public_zh=PUBLIC.zh,
        public_en=PUBLIC.en,
        evidence=msgspec.json.encode(_evidence(assessment)).decode(),
        event_ids=(event["event_id"],),
        basis=legal_basis(LAW, event["basis"]),
        simulated=event["simulated"],
    )


def build_sentence(assessment: ProfileAssessment, event: Mapping[str, Any]) -> Words:
    """Return what was seen: calls made, with how many people, and what is most like fraud subscribers."""
    zh, en = "用法像涉诈用户", "is used as fraud subscribers use their numbers"
    signs = summarize_contributions(assessment.contributions, {}, 2)
    if signs.en:
        zh, en = f"{zh}，最突出的是{signs.zh}", f"{en}, most of all by {signs.en}"
    calls, people, made = (event.get(name) for name in USED)
    if None in (calls, people, made):
        return Words(f"该号码{zh}。", f"This number {en}.")
    return Words(
        f"通话 {calls} 次（主叫 {made} 次），涉及 {people} 人；{zh}。",
        f"Had {calls:,} calls, of which it made {made:,}, with {people:,} people; it {en}.",
    )


def build_reasons(assessment: ProfileAssessment) -> list[Words]:
    """Return the reasons: top contributions, the score and its threshold, caveats, and that a person decides."""
    score, rate, threshold = f"{assessment.score:.3f}", f"{assessment.rate * 100:g}%", f"{assessment.threshold:.3f}"
    score_words = Words(
        f"画像模型 {assessment.model} 评分 {score}；公开数据上约 {rate} 的普通用户达到阈值 {threshold}。",
        f"Profile model {assessment.model} scores {score}; on public data about {rate} of ordinary subscribers reached "
        f"the threshold {threshold}.",
    )
    closing = Words(
        "话务、快递、网约车等正常业务也可能如此；须由人核实并给予本人核验机会后方可限制。",
        "Call centres, couriers and drivers can look like this: a person checks, and the subscriber may prove who he "
        "is, before anything is limited.",
    )
    caveat = [assessment.caveat] if assessment.caveat else []
    return [
        *(describe_contribution(contribution, USUAL) for contribution in assessment.contributions),
        score_words,
        *caveat,
        closing,
    ]


def _evidence(assessment: ProfileAssessment) -> dict[str, object]:
    return {
        "model": assessment.model,
        "model_version": assessment.model_version,
        "score": round(assessment.score, 6),
        "threshold": round(assessment.threshold, 6),
        "false_alarm_rate": assessment.rate,
        "features": contribution_evidence(assessment.contributions),
    }


def _subject(raw: str) -> str:
    """Return a phone number in canonical form, a pseudonym unchanged."""
    try:
        return PHONE_NUMBER.normalise(raw)
    except Malformed:
        return raw
