"""Findings of the gateway guard: sentence, reasons, public notice and evidence of a day's tally."""

from collections.abc import Mapping
from math import log2
from typing import Any

import msgspec

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.claims import Finding, legal_basis
from fanzha.detect.gateway.assessment import NO_TABLES
from fanzha.detect.gateway.reasons import GROUNDS, INGRESS_WORDS, SENTENCES, TREATMENT_WORDS, GatewayReason
from fanzha.detect.gateway.tally import DAY_MS, MAX_NUMBERS, Tally
from fanzha.kinds.numbering.plan import service_names
from fanzha.kinds.numbering.terms import NumberReason as Why
from fanzha.kinds.phone_number import KIND as PHONE_NUMBER
from fanzha.kinds.phone_number import NumberingTables, classify
from fanzha.rules.sentences import percent_text

NAME, VERSION = "gateway-guard", "2"
ARTICLE = "ATF Art. 13"
SHOWN_NUMBERS = 5
VALID_DAYS = 7
MAX_SERVICE_DIGITS = 8  # digits of a service number; longer ones may be a person's
MIN_TRUNK_CALLS = 3  # with fewer calls a day the call is named, not the trunk
MIN_TRUNK_SHARE = {"refuse": 0.01, "label": 0.2}  # share of the trunk's calls, by treatment; below it the call is named
FULL_SHARE = 0.05  # share of the trunk's calls from which the score is that of the reason


def build_finding(tally: Tally, calls: int | None, unlisted_calls: int, tables: NumberingTables = NO_TABLES) -> Finding:
    """Return the finding of one tally.

    `calls` is the count of all calls of its trunk that day; `unlisted_calls` of those left out for the same reason.
    `tables` name the carriers of the claimed numbers.
    """
    reasons, sentence = build_reasons(tally, calls, unlisted_calls), build_sentence(tally, calls)
    kind, subject = name_subject(tally, calls)
    return Finding(
        detector=NAME,
        version=VERSION,
        subject_kind=kind,
        subject=subject,
        fraud_type="caller_id_spoofing",
        score=weigh(tally, calls),
        found_at=tally.last_at,
        valid_until=tally.last_at + VALID_DAYS * DAY_MS,
        sentence_zh=sentence.zh,
        sentence_en=sentence.en,
        reasons_zh=tuple(words.zh for words in reasons),
        reasons_en=tuple(words.en for words in reasons),
        public_zh=PUBLIC.zh,
        public_en=PUBLIC.en,
        evidence=msgspec.json.encode(build_evidence(tally, calls, unlisted_calls, tables)).decode(),
        event_ids=tally.event_ids,
        basis=legal_basis([ARTICLE], *tally.bases),
        simulated=tally.simulated,
        direction="incoming",
        service="voice",
        ingress=tally.ingress,
    )


def name_subject(tally: Tally, calls: int | None) -> tuple[str, str]:
    """Return kind and value of the subject: that of the tally, or its last call where its trunk is not to be accused.

    A trunk carries the calls of many. It is accused from `MIN_TRUNK_CALLS` calls and `MIN_TRUNK_SHARE` of its `calls`
    on, and never for home mobiles without proof that they roam: only their pattern shows whether they are made up.
    """
    if tally.subject_kind != "trunk":
        return tally.subject_kind, tally.subject
    reason = GatewayReason(tally.reason)
    share = tally.count / max(calls or 0, tally.count)
    if (
        reason is not GatewayReason.MOBILE_UNPROVEN
        and tally.count >= MIN_TRUNK_CALLS
        and share >= MIN_TRUNK_SHARE[GROUNDS[reason].treatment]
    ):
        return tally.subject_kind, tally.subject
    return "call", tally.last_call or tally.last_event


def weigh(tally: Tally, calls: int | None) -> float:
    """Return the score: of the reason, more with each doubling of the calls, half of it for a trunk of mostly others.

    Of a trunk, the share of its `calls` counts up to `FULL_SHARE`.
    """
    score = GROUNDS[GatewayReason(tally.reason)].score + 0.02 * log2(tally.count)
    if name_subject(tally, calls)[0] == "trunk":
        share = tally.count / max(calls or 0, tally.count)
        score *= 0.5 + 0.5 * min(1.0, share / FULL_SHARE)
    return round(min(0.99, score), 4)


PUBLIC = Words(
    "经此处送来的部分来电，主叫号码与来源不符。请核查号码与线路；如有异议，可申诉复核。",
    "Some calls sent from here carry numbers that do not fit where they came from. Check them; you can appeal.",
)


def build_sentence(tally: Tally, calls: int | None) -> Words:
    """Return a sentence with the day, the number of calls of each sort, their share and the most frequent caller."""
    day = from_ms(tally.day * DAY_MS).date()
    counted = "1 call" if tally.count == 1 else f"{tally.count:,} calls"
    what = SENTENCES[GatewayReason(tally.reason)]
    zh = f"{day.month} 月 {day.day} 日有 {tally.count} 次{what.zh}"
    en = f"On {day.day} {day:%B} {counted} {what.en}"
    if calls and calls > tally.count:
        share = percent_text(tally.count / calls)
        zh, en = f"{zh}（占该中继当日呼叫的 {share}）", f"{en} ({share} of the day's calls on this trunk)"
    shown = _mask_number(_top_numbers(tally)[0][0]) if tally.numbers else None
    if shown is not None and tally.count > 1:
        zh, en = f"{zh}；显示最多的是 {shown.zh}", f"{en}; most often they showed {shown.en}"
    elif shown is not None:
        zh, en = f"{zh}：{shown.zh}", f"{en}: {shown.en}"
    return Words(f"{zh}。", f"{en}.")


def build_reasons(tally: Tally, calls: int | None, unlisted_calls: int) -> list[Words]:
    """Return the reasons: ingress, count, share and ground, the claimed numbers (masked), the suggested treatment."""
    ground, ingress = GROUNDS[GatewayReason(tally.reason)], INGRESS_WORDS.get(tally.ingress, INGRESS_WORDS[""])
    day = from_ms(tally.day * DAY_MS).date().isoformat()
    share = f"{tally.count / calls:.0%}" if calls else ""
    of_zh, of_en = (
        (f"，占该中继当日 {calls} 次呼叫的 {share}", f", {share} of its {calls} calls that day") if calls else ("", "")
    )
    treatment = TREATMENT_WORDS[ground.treatment]
    spared = f"（其中 {tally.emergency_calls} 次呼叫紧急号码，应放行）" if tally.emergency_calls else ""
    spared_en = f" ({tally.emergency_calls} of them to emergency numbers: let through)" if tally.emergency_calls else ""
    reasons = [
        Words(
            f"{day} {ingress.zh}：{ground.words.zh}，共 {tally.count} 次{of_zh}。",
            f"{day} {ingress.en}: {ground.words.en}: {tally.count} calls{of_en}.",
        ),
        describe_numbers(tally),
        Words(f"建议处置：{treatment.zh}{spared}。", f"Suggested treatment: {treatment.en}{spared_en}."),
    ]
    if tally.subject_kind == "trunk" and name_subject(tally, calls)[0] == "call":
        reasons.append(
            Words(
                f"次数或占比不足以指向中继 {tally.subject}，只指向呼叫本身。",
                f"Too few of the calls of trunk {tally.subject}: the call is named, the trunk is not accused.",
            )
        )
    if unlisted_calls:
        zh = f"同日同因另有 {unlisted_calls} 次呼叫，不逐一列出。"
        reasons.append(
            Words(zh, f"{unlisted_calls} more calls with the same reason that day are not listed one by one.")
        )
    return reasons


def describe_numbers(tally: Tally) -> Words:
    """Describe the most frequent claimed numbers, masked, and what they imitate; their holders are not accused."""
    numbers = [(_mask_number(number), count) for number, count in _top_numbers(tally)]
    number_count = f"{MAX_NUMBERS}+" if tally.other_calls else str(len(tally.numbers))
    zh = "、".join(f"{words.zh} {count} 次" for words, count in numbers)
    en = ", ".join(f"{words.en} × {count}" for words, count in numbers)
    return Words(
        f"声称的号码（共 {number_count} 个，号主不受指责）：{zh}。",
        f"Numbers claimed ({number_count} different; whoever holds them is not accused): {en}.",
    )


def _mask_number(number: str) -> Words:
    """Return a number for display: service numbers and short names in full, all others masked."""
    facts = classify(number)
    if facts.reason is Why.LETTERS:
        text = number if len(number) <= MAX_SERVICE_DIGITS else f"{number[:2]}•••{number[-2:]}"
        return Words(text, text)
    name = service_names().get(facts.imitates or facts.national, Words("", ""))
    masked = PHONE_NUMBER.mask(facts.canonical)
    if not facts.imitates:
        return Words(f"{masked} {name.zh}".strip(), f"{masked} {name.en}".strip())
    display = facts.canonical if len(facts.imitates) <= MAX_SERVICE_DIGITS else masked
    imitated = PHONE_NUMBER.mask(classify(facts.imitates).canonical)
    return Words(
        f"{display}（仿 {' '.join(filter(None, (imitated, name.zh)))}）",
        f"{display} (imitates {' '.join(filter(None, (imitated, name.en)))})",
    )


def _top_numbers(tally: Tally) -> list[tuple[str, int]]:
    return sorted(tally.numbers.items(), key=lambda item: -item[1])[:SHOWN_NUMBERS]


def build_evidence(
    tally: Tally, calls: int | None, unlisted_calls: int, tables: NumberingTables = NO_TABLES
) -> Mapping[str, Any]:
    """Return the evidence; claimed numbers are given as received, with their carrier, so that they can be traced."""
    ground = GROUNDS[GatewayReason(tally.reason)]
    return {
        "reason": GatewayReason(tally.reason).name.lower(),
        "treatment": ground.treatment,
        "day": from_ms(tally.day * DAY_MS).date().isoformat(),
        "calls": tally.count,
        "trunk": tally.subject if tally.subject_kind == "trunk" else None,
        "calls_of_trunk": calls,
        "to_emergency_numbers": tally.emergency_calls,
        "first_at": tally.first_at,
        "last_at": tally.last_at,
        "different_numbers": len(tally.numbers),
        "calls_of_further_numbers": tally.other_calls,
        "more_calls_not_listed": unlisted_calls,
        "claimed": [_number_evidence(number, count, tables, tally.last_at) for number, count in _top_numbers(tally)],
    }


def _number_evidence(number: str, calls: int, tables: NumberingTables, at: int) -> Mapping[str, Any]:
    facts = tables.allocated(classify(number), at)
    carrier = tables.carrier(facts, at)
    fields = {"written": number, "calls": calls, "class": facts.number_class, "imitates": facts.imitates}
    return fields | ({"operator": carrier.operator, "operator_by": carrier.source} if carrier.operator else {})
