"""What an investigator and the person concerned are told of a day's calls, and the evidence that goes with it."""

from collections.abc import Mapping
from math import log2
from typing import Any

import msgspec

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.claims import Finding, legal_basis
from fanzha.detect._gateway.judge import NO_TABLES
from fanzha.detect._gateway.reasons import GROUNDS, INGRESS_WORDS, TREATMENT_WORDS, Reason
from fanzha.detect._gateway.tally import DAY_MS, MOST_NUMBERS, Tally
from fanzha.kinds.numbering.plan import service_names
from fanzha.kinds.numbering.terms import NumberReason as Why
from fanzha.kinds.phone_number import KIND as PHONE_NUMBER
from fanzha.kinds.phone_number import NumberingTables, classify

NAME, VERSION = "gateway-guard", "1"
ARTICLE = "ATF Art. 13"
SHOWN_NUMBERS = 5
VALID_DAYS = 7
LONGEST_SHORT = 8  # digits of a service number; longer ones may be a person's


def finding(tally: Tally, calls: int | None, more: int, tables: NumberingTables = NO_TABLES) -> Finding:
    """Say what a day's calls of one subject amount to; the tables say who carried the numbers claimed."""
    ground = GROUNDS[Reason(tally.reason)]
    said = reasons(tally, calls, more)
    return Finding(
        detector=NAME,
        version=VERSION,
        subject_kind=tally.subject_kind,
        subject=tally.subject,
        fraud_type="caller_id_spoofing",
        score=round(min(0.99, ground.score + 0.02 * log2(tally.count)), 4),
        found_at=tally.last_at,
        valid_until=tally.last_at + VALID_DAYS * DAY_MS,
        reasons_zh=tuple(words.zh for words in said),
        reasons_en=tuple(words.en for words in said),
        public_zh=PUBLIC.zh,
        public_en=PUBLIC.en,
        evidence=msgspec.json.encode(evidence(tally, calls, more, tables)).decode(),
        event_ids=tally.event_ids,
        basis=legal_basis([ARTICLE], *tally.bases),
        simulated=tally.simulated,
        direction="incoming",
        service="voice",
        ingress=tally.ingress,
    )


PUBLIC = Words(
    "经此处送来的部分来电，主叫号码与来源不符。请核查号码与线路；如有异议，可申诉复核。",
    "Some calls sent from here carry numbers that do not fit where they came from. Check them; you can appeal.",
)


def reasons(tally: Tally, calls: int | None, more: int) -> list[Words]:
    """Say ingress, count, share and the ground, the numbers claimed (masked), and the treatment suggested."""
    ground, ingress = GROUNDS[Reason(tally.reason)], INGRESS_WORDS.get(tally.ingress, INGRESS_WORDS[""])
    day = from_ms(tally.day * DAY_MS).date().isoformat()
    share = f"{tally.count / calls:.0%}" if calls else ""
    of_zh, of_en = (
        (f"，占该中继当日 {calls} 次呼叫的 {share}", f", {share} of its {calls} calls that day") if calls else ("", "")
    )
    treatment = TREATMENT_WORDS[ground.treatment]
    spared = f"（其中 {tally.spared} 次呼叫紧急号码，应放行）" if tally.spared else ""
    spared_en = f" ({tally.spared} of them to emergency numbers: let through)" if tally.spared else ""
    said = [
        Words(
            f"{day} {ingress.zh}：{ground.words.zh}，共 {tally.count} 次{of_zh}。",
            f"{day} {ingress.en}: {ground.words.en}: {tally.count} calls{of_en}.",
        ),
        claimed_words(tally),
        Words(f"建议处置：{treatment.zh}{spared}。", f"Suggested treatment: {treatment.en}{spared_en}."),
    ]
    if more:
        zh = f"同日同因另有 {more} 次呼叫，不逐一列出。"
        said.append(Words(zh, f"{more} more calls with the same reason that day are not listed one by one."))
    return said


def claimed_words(tally: Tally) -> Words:
    """Name the numbers claimed most, masked, with whom they imitate; whoever holds them is not accused."""
    shown = [(_shown(number), count) for number, count in _most_claimed(tally)]
    many = f"{MOST_NUMBERS}+" if tally.others else str(len(tally.numbers))
    zh = "、".join(f"{words.zh} {count} 次" for words, count in shown)
    en = ", ".join(f"{words.en} × {count}" for words, count in shown)
    return Words(
        f"声称的号码（共 {many} 个，号主不受指责）：{zh}。",
        f"Numbers claimed ({many} different; whoever holds them is not accused): {en}.",
    )


def _shown(number: str) -> Words:
    """Write a number so that nobody's own is shown: service numbers and names in full, all others masked."""
    facts = classify(number)
    if facts.reason is Why.LETTERS:
        text = number if len(number) <= LONGEST_SHORT else f"{number[:2]}•••{number[-2:]}"
        return Words(text, text)
    name = service_names().get(facts.imitates or facts.national, Words("", ""))
    masked = PHONE_NUMBER.mask(facts.canonical)
    if not facts.imitates:
        return Words(f"{masked} {name.zh}".strip(), f"{masked} {name.en}".strip())
    written = facts.canonical if len(facts.imitates) <= LONGEST_SHORT else masked
    dressed = PHONE_NUMBER.mask(classify(facts.imitates).canonical)
    return Words(
        f"{written}（仿 {' '.join(filter(None, (dressed, name.zh)))}）",
        f"{written} (imitates {' '.join(filter(None, (dressed, name.en)))})",
    )


def _most_claimed(tally: Tally) -> list[tuple[str, int]]:
    return sorted(tally.numbers.items(), key=lambda item: -item[1])[:SHOWN_NUMBERS]


def evidence(tally: Tally, calls: int | None, more: int, tables: NumberingTables = NO_TABLES) -> Mapping[str, Any]:
    """Return the evidence itself; claimed numbers stand as written, with their carrier, for tracing back."""
    ground = GROUNDS[Reason(tally.reason)]
    return {
        "reason": Reason(tally.reason).name.lower(),
        "treatment": ground.treatment,
        "day": from_ms(tally.day * DAY_MS).date().isoformat(),
        "calls": tally.count,
        "calls_of_trunk": calls,
        "to_emergency_numbers": tally.spared,
        "first_at": tally.first_at,
        "last_at": tally.last_at,
        "different_numbers": len(tally.numbers),
        "calls_of_further_numbers": tally.others,
        "more_calls_not_listed": more,
        "claimed": [_claimed(number, count, tables, tally.last_at) for number, count in _most_claimed(tally)],
    }


def _claimed(number: str, calls: int, tables: NumberingTables, at: int) -> Mapping[str, Any]:
    facts = tables.allocated(classify(number), at)
    carrier = tables.carrier(facts, at)
    known = {"written": number, "calls": calls, "class": facts.number_class, "imitates": facts.imitates}
    return known | ({"operator": carrier.operator, "operator_by": carrier.source} if carrier.operator else {})
