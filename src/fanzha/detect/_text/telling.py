"""What an investigator and the sender of a text are told, and the evidence that goes with it."""

from typing import Any

import msgspec

from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.claims import Finding, legal_basis
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.detect._text.repeats import Repeat
from fanzha.detect._text.weighing import Weighed
from fanzha.learn.fragments import Fragment

DAY_MS = 86_400_000
VALID_DAYS = 30
IN_DOUBT = Words("存疑", "in doubt")
LAW = ("ATF Art. 25", "ATF Art. 34")

PUBLIC = Words(
    "这条信息的内容与已知诈骗信息相似，已列入人工核查。如为合法发送，可提交签名与授权材料申诉。",
    "This message resembles known fraud messages; people will check it. If it was sent rightfully, appeal with the "
    "filing of your signature.",
)


def finding(
    name: str,
    version: str,
    repeat: Repeat,
    weighed: Weighed,
    fragments: list[Fragment],
    fraud_type: str,
    sure: float,
    event: dict[str, Any],
    alarms: Words,
) -> Finding:
    """Say what a text amounts to; `alarms` names the rate of false alarms at which the model was read."""
    said = reasons(weighed, fragments, fraud_type, sure, repeat.copies, alarms)
    moment = int(event["occurred_at"])
    return Finding(
        detector=name,
        version=version,
        subject_kind="message",
        subject=repeat.subject,
        fraud_type=fraud_type,
        score=round(weighed.score, 4),
        found_at=moment,
        valid_until=moment + VALID_DAYS * DAY_MS,
        reasons_zh=tuple(words.zh for words in said),
        reasons_en=tuple(words.en for words in said),
        public_zh=PUBLIC.zh,
        public_en=PUBLIC.en,
        evidence=msgspec.json.encode(evidence(weighed, fragments, event, repeat.copies)).decode(),
        event_ids=(str(event["event_id"]),),
        basis=legal_basis(LAW, repeat.basis),
        simulated=repeat.simulated,
        direction="incoming",
        service=event.get("channel") or "sms",
        ingress=event.get("ingress") or "",
    )


def reasons(
    weighed: Weighed, fragments: list[Fragment], fraud_type: str, sure: float, copies: int, alarms: Words
) -> list[Words]:
    """Say what speaks for fraud, the words first, then each sign beside them."""
    said = [_words(weighed, fragments, IN_DOUBT if weighed.second else alarms), *_meaning(weighed, alarms)]
    link = mask_numbers(weighed.links[0]) if weighed.links else ""
    if fraud_type != "other":
        kind = FRAUD_TYPES[fraud_type]
        said.append(Words(f"最像的类型：{kind.zh}（{sure:.2f}）", f"closest kind: {kind.en} ({sure:.2f})"))
    if weighed.imitates:
        shown = weighed.imitates.shown
        said.append(Words(f"链接 {link} 仿冒{shown.zh}", f"the link {link} imitates {shown.en}"))
    elif weighed.leads_elsewhere and weighed.brand:
        shown = weighed.brand.shown
        said.append(
            Words(
                f"提到{shown.zh}，链接却指向 {weighed.hosts[0]}",
                f"it names {shown.en} but leads to {weighed.hosts[0]}",
            )
        )
    elif weighed.links:
        said.append(Words(f"含链接 {link}", f"it holds the link {link}"))
    if weighed.signed_by_other and weighed.brand:
        shown, by = weighed.brand.shown, weighed.signature
        said.append(Words(f"提到{shown.zh}，签名却是【{by}】", f"it names {shown.en} but is signed 【{by}】"))
    if weighed.handles:
        written = ", ".join(mask_numbers(handle) for handle in weighed.handles)
        said.append(Words(f"要求转到其他账号联系：{written}", f"it moves the talk to another account: {written}"))
    if weighed.numbers:
        written = ", ".join(mask_numbers(number) for number in weighed.numbers)
        said.append(Words(f"要求回拨 {written}", f"it asks to call back {written}"))
    if copies > 1:
        said.append(Words(f"同一内容出现 {copies} 次", f"the same words came {copies} times"))
    return said


def _words(weighed: Weighed, fragments: list[Fragment], alarms: Words) -> Words:
    begins = mask_numbers(weighed.text)[:24] + ("…" if len(weighed.text) > 24 else "")
    pieces = "、".join(f"“{one.text}”" for one in fragments)
    plain = ", ".join(f"“{one.text}”" for one in fragments)
    score = weighed.second.words if weighed.second else weighed.model
    return Words(
        f"“{begins}”：用语评分 {score:.3f}（{alarms.zh}），最能说明的片段：{pieces or '无'}",
        f"“{begins}”: its words score {score:.3f} ({alarms.en}); most telling pieces: {plain or 'none'}",
    )


def _meaning(weighed: Weighed, alarms: Words) -> list[Words]:
    if weighed.second is None:
        return []
    meaning, both = f"{weighed.second.meaning:.3f}", f"{weighed.model:.3f}"
    return [
        Words(
            f"已询问第二层（语义）：语义评分 {meaning}，与用语合计 {both}（{alarms.zh}）",
            f"the second tier was asked: its meaning scores {meaning}, both together {both} ({alarms.en})",
        )
    ]


def evidence(weighed: Weighed, fragments: list[Fragment], event: dict[str, Any], copies: int) -> dict[str, object]:
    """Return what the finding rests on: the text itself, cut, with long numbers masked."""
    known: dict[str, object] = {
        "text": mask_numbers(weighed.text)[:300],
        "words_score": round(weighed.second.words if weighed.second else weighed.model, 4),
        "meaning_score": round(weighed.second.meaning, 4) if weighed.second else "",
        "pieces": {one.text: round(one.adds, 3) for one in fragments},
        "links": [mask_numbers(link) for link in weighed.links],
        "numbers": [mask_numbers(number) for number in weighed.numbers],
        "handles": [mask_numbers(handle) for handle in weighed.handles],
        "signature": weighed.signature,
        "brand": weighed.brand.domain if weighed.brand else "",
        "claimed_sender": mask_numbers(event.get("sender") or ""),
        "copies": copies,
    }
    return {name: value for name, value in known.items() if value not in ("", [], {})}
