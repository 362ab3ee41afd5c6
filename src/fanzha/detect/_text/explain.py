"""Findings of the fraud-text detector: sentence, reasons, public notice and evidence."""

from dataclasses import dataclass
from typing import Any

import msgspec

from fanzha.base.fraud_types import FRAUD_TYPES, NOT_SURE
from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words, enumerate_english
from fanzha.claims import Finding, legal_basis
from fanzha.demands import Demand, DemandState
from fanzha.detect._text.repeats import RepeatedText
from fanzha.learn.fragments import Fragment
from fanzha.models.families.contacts import Contacts
from fanzha.models.message_type import TypeGuess

DAY_MS = 86_400_000
VALID_DAYS = 30
MAX_DEMANDS = 4  # named in the reasons
LAW = ("ATF Art. 25", "ATF Art. 34")

PUBLIC = Words(
    "这条信息的内容与已知诈骗信息相似，已列入人工核查。如为合法发送，可提交签名与授权材料申诉。",
    "This message resembles known fraud messages; people will check it. If it was sent rightfully, appeal with the "
    "filing of your signature.",
)


@dataclass(frozen=True)
class ScoredText:
    """One text: its score and that of its words alone (0-1), what raises them, and the likeliest fraud type."""

    text: str
    score: float
    words_score: float
    fragments: tuple[Fragment, ...] = ()
    demands: tuple[Demand, ...] = ()
    contacts: Contacts = Contacts()
    guess: TypeGuess | None = None

    @property
    def fraud_type(self) -> str:
        """The code of the type; where it is not sure, phishing if a link imitates a brand."""
        if self.contacts.imitates and (self.guess is None or self.guess.reported_type == "other"):
            return "phishing"
        return self.guess.reported_type if self.guess else "other"

    @property
    def reader_demands(self) -> tuple[Demand, ...]:
        """The demands on the reader, without those that the text forbids or reports."""
        return tuple(demand for demand in self.demands if demand.state == DemandState.ASKED)[:MAX_DEMANDS]


def build_finding(
    name: str, version: str, repeat: RepeatedText, scored: ScoredText, event: dict[str, Any], alarms: Words
) -> Finding:
    """Return the finding of a text; `alarms` names the threshold that was reached."""
    reasons, sentence = build_reasons(scored, repeat.copies, alarms), build_sentence(scored, repeat.copies)
    found_at = int(event["occurred_at"])
    return Finding(
        detector=name,
        version=version,
        subject_kind="message",
        subject=repeat.subject,
        fraud_type=scored.fraud_type,
        score=round(scored.score, 4),
        found_at=found_at,
        valid_until=found_at + VALID_DAYS * DAY_MS,
        sentence_zh=sentence.zh,
        sentence_en=sentence.en,
        reasons_zh=tuple(words.zh for words in reasons),
        reasons_en=tuple(words.en for words in reasons),
        public_zh=PUBLIC.zh,
        public_en=PUBLIC.en,
        evidence=msgspec.json.encode(build_evidence(scored, event, repeat.copies)).decode(),
        event_ids=(str(event["event_id"]),),
        basis=legal_basis(LAW, repeat.basis),
        simulated=repeat.simulated,
        direction="incoming",
        service=event.get("channel") or "sms",
        ingress=event.get("ingress") or "",
    )


def build_sentence(scored: ScoredText, copies: int) -> Words:
    """Return a sentence with the likeliest fraud type, the demands of the text, its link and its number of copies."""
    zh = [demand.title.zh for demand in scored.reader_demands]
    en = [demand.title.en for demand in scored.reader_demands]
    if contact := _link_clause(scored.contacts):
        zh.append(contact.zh)
        en.append(contact.en)
    elif not en and scored.fragments:
        zh.append(f"含有“{scored.fragments[0].text}”等诈骗常用语")
        en.append(f"has words that frauds use, such as “{scored.fragments[0].text}”")
    start = describe_likeness(scored.guess)
    zh_text = f"这条信息{start.zh}" + (f"：{'；'.join(zh)}" if zh else "")
    en_text = f"This text {start.en}" + (f": it {enumerate_english(en)}" if en else "")
    if copies > 1:
        return Words(f"{zh_text}；同一内容出现 {copies} 次。", f"{en_text}. The same words came {copies} times.")
    return Words(f"{zh_text}。", f"{en_text}.")


def describe_likeness(guess: TypeGuess | None) -> Words:
    """Return which sort of fraud a text reads like."""
    if guess is None or not guess.is_sure:
        return Words("像诈骗（类型尚不确定）", "reads like fraud (of a kind not sure)")
    name = FRAUD_TYPES[guess.fraud_type]
    return Words(f"像“{name.zh}”类诈骗", f"reads like fraud of the kind “{name.en}”")


def _link_clause(contacts: Contacts) -> Words | None:
    """Return what the link of a text does, if it speaks against it; None without one."""
    if contacts.imitates:
        name, link = contacts.imitates.display_name, mask_numbers(contacts.links[0])
        return Words(f"所附链接 {link} 仿冒{name.zh}", f"links to {link}, which imitates {name.en}")
    if contacts.leads_elsewhere and contacts.brand:
        name, host = contacts.brand.display_name, contacts.hosts[0]
        return Words(f"自称{name.zh}，链接却指向 {host}", f"names {name.en} and leads to {host}")
    return None


def build_reasons(scored: ScoredText, copies: int, alarms: Words) -> list[Words]:
    """Return the reasons: the score, what the text demands, then each contact that speaks against it."""
    reasons = [_describe_score(scored, alarms)]
    reasons += [_describe_demand(demand) for demand in scored.reader_demands] or _describe_fragments(scored)
    if scored.guess and scored.guess.reported_type == scored.fraud_type:  # else the link is the reason
        reasons.append(describe_type(scored.guess))
    reasons += _describe_contacts(scored.contacts)
    if copies > 1:
        reasons.append(Words(f"同一内容出现 {copies} 次", f"the same words came {copies} times"))
    return reasons


def describe_type(guess: TypeGuess) -> Words:
    """Return the likeliest fraud type with its share, and whether it is sure."""
    name = FRAUD_TYPES[guess.fraud_type]
    if guess.is_sure:
        return Words(f"最像的类型：{name.zh}（{guess.share:.2f}）", f"closest type: {name.en} ({guess.share:.2f})")
    return Words(
        f"{NOT_SURE.zh}，较像：{name.zh}（{guess.share:.2f}）", f"{NOT_SURE.en}, closest: {name.en} ({guess.share:.2f})"
    )


def _describe_score(scored: ScoredText, alarms: Words) -> Words:
    beginning = mask_numbers(scored.text)[:24] + ("…" if len(scored.text) > 24 else "")
    score = f"{scored.score:.3f}"
    return Words(f"“{beginning}”：评分 {score}（{alarms.zh}）", f"“{beginning}”: scores {score} ({alarms.en})")


def _describe_demand(demand: Demand) -> Words:
    phrase = mask_numbers(demand.phrase)
    return Words(f"{demand.title.zh}：“{phrase}”", f"{demand.title.en}: “{phrase}”")


def _describe_fragments(scored: ScoredText) -> list[Words]:
    """Return the words that raise the score most, for a text without a demand that could be named."""
    if not scored.fragments:
        return []
    pieces_zh = "、".join(f"“{fragment.text}”" for fragment in scored.fragments)
    pieces_en = ", ".join(f"“{fragment.text}”" for fragment in scored.fragments)
    return [Words(f"最能说明的片段：{pieces_zh}", f"most telling pieces: {pieces_en}")]


def _describe_contacts(contacts: Contacts) -> list[Words]:
    reasons = []
    link = mask_numbers(contacts.links[0]) if contacts.links else ""
    if contacts.imitates:
        name = contacts.imitates.display_name
        reasons.append(Words(f"链接 {link} 仿冒{name.zh}", f"the link {link} imitates {name.en}"))
    elif contacts.leads_elsewhere and contacts.brand:
        name = contacts.brand.display_name
        reasons.append(
            Words(
                f"提到{name.zh}，链接却指向 {contacts.hosts[0]}", f"it names {name.en} but leads to {contacts.hosts[0]}"
            )
        )
    elif contacts.links:
        reasons.append(Words(f"含链接 {link}", f"it holds the link {link}"))
    if contacts.signed_by_other and contacts.brand:
        name, signature = contacts.brand.display_name, contacts.signature
        reasons.append(
            Words(f"提到{name.zh}，签名却是【{signature}】", f"it names {name.en} but is signed 【{signature}】")
        )
    if contacts.handles:
        display = ", ".join(mask_numbers(handle) for handle in contacts.handles)
        reasons.append(Words(f"要求转到其他账号联系：{display}", f"it moves the talk to another account: {display}"))
    if contacts.numbers:
        display = ", ".join(mask_numbers(number) for number in contacts.numbers)
        reasons.append(Words(f"要求回拨 {display}", f"it asks to call back {display}"))
    return reasons


def build_evidence(scored: ScoredText, event: dict[str, Any], copies: int) -> dict[str, object]:
    """Return the evidence: the text, truncated and with long numbers masked, its scores, demands and contacts."""
    contacts = scored.contacts
    fields: dict[str, object] = {
        "text": mask_numbers(scored.text)[:300],
        "words_score": round(scored.words_score, 4),
        "demands": [demand.kind.value for demand in scored.reader_demands],
        "pieces": {fragment.text: round(fragment.adds, 3) for fragment in scored.fragments},
        "links": [mask_numbers(link) for link in contacts.links],
        "numbers": [mask_numbers(number) for number in contacts.numbers],
        "handles": [mask_numbers(handle) for handle in contacts.handles],
        "signature": contacts.signature,
        "brand": contacts.brand.domain if contacts.brand else "",
        "claimed_sender": mask_numbers(event.get("sender") or ""),
        "copies": copies,
    }
    return {name: value for name, value in fields.items() if value not in ("", [], {})}
