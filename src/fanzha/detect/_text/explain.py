"""Findings of the fraud-text detector: reasons, public notice and evidence."""

from typing import Any

import msgspec

from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.claims import Finding, legal_basis
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.detect._text.repeats import RepeatedText
from fanzha.detect._text.scoring import ScoredText
from fanzha.learn.fragments import Fragment

DAY_MS = 86_400_000
VALID_DAYS = 30
LAW = ("ATF Art. 25", "ATF Art. 34")

PUBLIC = Words(
    "这条信息的内容与已知诈骗信息相似，已列入人工核查。如为合法发送，可提交签名与授权材料申诉。",
    "This message resembles known fraud messages; people will check it. If it was sent rightfully, appeal with the "
    "filing of your signature.",
)


def build_finding(
    name: str,
    version: str,
    repeat: RepeatedText,
    scored: ScoredText,
    fragments: list[Fragment],
    fraud_type: str,
    type_probability: float,
    event: dict[str, Any],
    alarms: Words,
) -> Finding:
    """Return the finding of a text; `alarms` names the false alarm rate of the threshold that was applied."""
    reasons = build_reasons(scored, fragments, fraud_type, type_probability, repeat.copies, alarms)
    found_at = int(event["occurred_at"])
    return Finding(
        detector=name,
        version=version,
        subject_kind="message",
        subject=repeat.subject,
        fraud_type=fraud_type,
        score=round(scored.score, 4),
        found_at=found_at,
        valid_until=found_at + VALID_DAYS * DAY_MS,
        reasons_zh=tuple(words.zh for words in reasons),
        reasons_en=tuple(words.en for words in reasons),
        public_zh=PUBLIC.zh,
        public_en=PUBLIC.en,
        evidence=msgspec.json.encode(build_evidence(scored, fragments, event, repeat.copies)).decode(),
        event_ids=(str(event["event_id"]),),
        basis=legal_basis(LAW, repeat.basis),
        simulated=repeat.simulated,
        direction="incoming",
        service=event.get("channel") or "sms",
        ingress=event.get("ingress") or "",
    )


def build_reasons(
    scored: ScoredText, fragments: list[Fragment], fraud_type: str, type_probability: float, copies: int, alarms: Words
) -> list[Words]:
    """Return the reasons: the score of the words first, then each further sign of fraud."""
    reasons = [_describe_words(scored, fragments, alarms)]
    link = mask_numbers(scored.links[0]) if scored.links else ""
    if fraud_type != "other":
        kind = FRAUD_TYPES[fraud_type]
        reasons.append(
            Words(
                f"最像的类型：{kind.zh}（{type_probability:.2f}）", f"closest kind: {kind.en} ({type_probability:.2f})"
            )
        )
    if scored.imitates:
        brand_name = scored.imitates.display_name
        reasons.append(Words(f"链接 {link} 仿冒{brand_name.zh}", f"the link {link} imitates {brand_name.en}"))
    elif scored.leads_elsewhere and scored.brand:
        brand_name = scored.brand.display_name
        reasons.append(
            Words(
                f"提到{brand_name.zh}，链接却指向 {scored.hosts[0]}",
                f"it names {brand_name.en} but leads to {scored.hosts[0]}",
            )
        )
    elif scored.links:
        reasons.append(Words(f"含链接 {link}", f"it holds the link {link}"))
    if scored.signed_by_other and scored.brand:
        brand_name, signature = scored.brand.display_name, scored.signature
        reasons.append(
            Words(
                f"提到{brand_name.zh}，签名却是【{signature}】",
                f"it names {brand_name.en} but is signed 【{signature}】",
            )
        )
    if scored.handles:
        display = ", ".join(mask_numbers(handle) for handle in scored.handles)
        reasons.append(Words(f"要求转到其他账号联系：{display}", f"it moves the talk to another account: {display}"))
    if scored.numbers:
        display = ", ".join(mask_numbers(number) for number in scored.numbers)
        reasons.append(Words(f"要求回拨 {display}", f"it asks to call back {display}"))
    if copies > 1:
        reasons.append(Words(f"同一内容出现 {copies} 次", f"the same words came {copies} times"))
    return reasons


def _describe_words(scored: ScoredText, fragments: list[Fragment], alarms: Words) -> Words:
    beginning = mask_numbers(scored.text)[:24] + ("…" if len(scored.text) > 24 else "")
    pieces_zh = "、".join(f"“{fragment.text}”" for fragment in fragments)
    pieces_en = ", ".join(f"“{fragment.text}”" for fragment in fragments)
    score = scored.model_score
    return Words(
        f"“{beginning}”：用语评分 {score:.3f}（{alarms.zh}），最能说明的片段：{pieces_zh or '无'}",
        f"“{beginning}”: its words score {score:.3f} ({alarms.en}); most telling pieces: {pieces_en or 'none'}",
    )


def build_evidence(
    scored: ScoredText, fragments: list[Fragment], event: dict[str, Any], copies: int
) -> dict[str, object]:
    """Return the evidence: the text, truncated and with long numbers masked, its scores and signs."""
    fields: dict[str, object] = {
        "text": mask_numbers(scored.text)[:300],
        "words_score": round(scored.model_score, 4),
        "pieces": {fragment.text: round(fragment.adds, 3) for fragment in fragments},
        "links": [mask_numbers(link) for link in scored.links],
        "numbers": [mask_numbers(number) for number in scored.numbers],
        "handles": [mask_numbers(handle) for handle in scored.handles],
        "signature": scored.signature,
        "brand": scored.brand.domain if scored.brand else "",
        "claimed_sender": mask_numbers(event.get("sender") or ""),
        "copies": copies,
    }
    return {name: value for name, value in fields.items() if value not in ("", [], {})}
