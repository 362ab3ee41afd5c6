"""What an investigator and the subscriber are told of a profile, and the evidence that goes with it."""

from dataclasses import dataclass
from typing import Any

import msgspec

from fanzha.base.clock import span_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.claims import Finding, legal_basis
from fanzha.detect._contributions import Contribution, as_evidence, told
from fanzha.kinds.phone_number import KIND as PHONE_NUMBER

NAME, VERSION = "fraud-subscriber", "1"
LAW = ("ATF Art. 11", "ATF Art. 32")
VALID_MS = span_ms("30d")

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

#: The figures are those of the model's card and of docs/reference/models.md.
FROM_WINDOWS = Words(
    "画像由 30 天的通话与短信按窗口计算，缺中位数、最忙时段和地点。在训练数据（数月）上，误报率 1% 时查全率由 78% "
    "降至 72%，按原 1% 阈值误报率为 1.1%–1.5%；30 天画像未经真实数据检验，请结合其他线索核实。",
    "The profile was made of 30 days of calls and texts by windows: medians, busiest times and places are missing. On "
    "the training data, which spans months, 72% of the frauds are then found at 1% false alarms instead of 78%, and "
    "1.1% to 1.5% of ordinary subscribers reach the threshold for 1%. Profiles of 30 days were not measured on real "
    "data: check with other leads.",
)


@dataclass(frozen=True)
class Judged:
    """One subscriber that a model scores above a threshold."""

    model: str
    model_version: str
    score: float
    rate: float  # share of innocents that reach the threshold it passed
    threshold: float
    contributions: tuple[Contribution, ...]
    caveat: Words | None


def finding(judged: Judged, event: dict[str, Any]) -> Finding:
    """Say what a profile amounts to; `event` has the envelope and the subscriber."""
    said = reasons(judged)
    return Finding(
        detector=NAME,
        version=VERSION,
        subject_kind=PHONE_NUMBER.name,
        subject=_subject(event["subscriber"]),
        fraud_type="subscriber_fraud",
        score=round(judged.score, 4),
        found_at=event["occurred_at"],
        valid_until=event["occurred_at"] + VALID_MS,
        reasons_zh=tuple(words.zh for words in said),
        reasons_en=tuple(words.en for words in said),
        public_zh=PUBLIC.zh,
        public_en=PUBLIC.en,
        evidence=msgspec.json.encode(_evidence(judged)).decode(),
        event_ids=(event["event_id"],),
        basis=legal_basis(LAW, event["basis"]),
        simulated=event["simulated"],
    )


def reasons(judged: Judged) -> list[Words]:
    """Say what moved the score most, the score and its threshold, what to keep in mind, and that a person decides."""
    score, rate, threshold = f"{judged.score:.3f}", f"{judged.rate * 100:g}%", f"{judged.threshold:.3f}"
    score_words = Words(
        f"画像模型 {judged.model} 评分 {score}；公开数据上约 {rate} 的普通用户达到阈值 {threshold}。",
        f"Profile model {judged.model} scores {score}; on public data about {rate} of ordinary subscribers reached the "
        f"threshold {threshold}.",
    )
    last = Words(
        "话务、快递、网约车等正常业务也可能如此；须由人核实并给予本人核验机会后方可限制。",
        "Call centres, couriers and drivers can look like this: a person checks, and the subscriber may prove who he "
        "is, before anything is limited.",
    )
    caveat = [judged.caveat] if judged.caveat else []
    return [*(told(one, USUAL) for one in judged.contributions), score_words, *caveat, last]


def _evidence(judged: Judged) -> dict[str, object]:
    return {
        "model": judged.model,
        "model_version": judged.model_version,
        "score": round(judged.score, 6),
        "threshold": round(judged.threshold, 6),
        "false_alarm_rate": judged.rate,
        "features": as_evidence(judged.contributions),
    }


def _subject(raw: str) -> str:
    """Return a number in its canonical form, a pseudonym as it is."""
    try:
        return PHONE_NUMBER.normalise(raw)
    except Malformed:
        return raw
