"""Findings of rule firings: reasons with numbers for the investigator, public notice, and evidence."""

from functools import lru_cache
from typing import Any

import msgspec

from fanzha.base.words import Words
from fanzha.claims import Finding, legal_basis
from fanzha.detect import RuleDetector
from fanzha.detect.rules.firings import FiringSubject
from fanzha.rules import format_expression, infer_type
from fanzha.rules.catalog import FACTS
from fanzha.rules.engine import Fired, RuleEngine
from fanzha.rules.explain import Condition, ConditionWindow, RuleComparison, WindowValue, explain, nearest
from fanzha.rules.sentences import render_sentence
from fanzha.rules.tree import FieldReference, Rule, Type, WindowExpression, walk

VALID_DAYS = 7
DAY_MS = 86_400_000
HOUR_S, DAY_S = 3_600, 86_400
_TEXTS = ("distinct", "last", "most_frequent", "top_share")  # windows that take texts
_MARKS = ("① ", "② ", "③ ", "④ ", "⑤ ", "⑥ ")


def build_finding(
    detector: RuleDetector, engine: RuleEngine, fired: Fired, row: int, subject: FiringSubject
) -> Finding:
    """Return the finding of one firing; call it before the engine advances to the next stretch."""
    conditions = explain(engine, fired, row)
    reasons = build_reasons(fired, row, conditions)
    sentence = reasons[0] if fired.rule.sentence is not None else Words("", "")
    fields = build_evidence(engine, fired, conditions)
    finding = build_bare_finding(
        detector,
        fired.rule,
        subject,
        found_at=int(fired.moments[row]),
        score=float(fired.scores[row]),
        event_id=_trigger_id(fired, row),
        simulated=bool(fired.of_event("simulated", row)),
        basis=fired.of_event("basis", row),
        ingress=_ingress(fired, row),
    )
    return msgspec.structs.replace(
        finding,
        sentence_zh=sentence.zh,
        sentence_en=sentence.en,
        reasons_zh=tuple(words.zh for words in reasons),
        reasons_en=tuple(words.en for words in reasons),
        evidence=msgspec.json.encode(fields).decode(),
        event_ids=_event_ids(fields, finding.event_ids[-1]),
    )


def _trigger_id(fired: Fired, row: int) -> str:
    """Return the id of the trigger: of its event, with the tick (UTC ms) if the rule decides by the clock.

    An event may be the latest one of its key at several ticks, and the id of a finding derives from its trigger.
    """
    event_id = str(fired.of_event("event_id", row))
    return f"{event_id}@{int(fired.moments[row])}" if fired.rule.on.every else event_id


def _event_ids(fields: dict[str, Any], trigger: str) -> tuple[str, ...]:
    """Return the event ids of the evidence in time order, the trigger last: the finding's id derives from it."""
    occurred_at = {
        event["event_id"]: event["occurred_at"] for window in fields["windows"] for event in window["events"]
    }
    return (
        *(
            event_id
            for event_id in sorted(occurred_at, key=lambda event_id: (occurred_at[event_id], event_id))
            if event_id not in ("", trigger)
        ),
        trigger,
    )


def build_bare_finding(
    detector: RuleDetector,
    rule: Rule,
    subject: FiringSubject,
    *,
    found_at: int,
    score: float,
    event_id: str,
    simulated: bool,
    basis: str | None,
    ingress: str,
) -> Finding:
    """Return a finding without reasons and evidence, which is enough to determine its mode."""
    public = detector.public_words(rule)
    return Finding(
        detector=detector.name,
        version=str(rule.version),
        subject_kind=subject.kind,
        subject=subject.value,
        fraud_type=rule.fraud_type,
        score=round(min(1.0, max(0.0, score)), 4),
        found_at=found_at,
        valid_until=found_at + VALID_DAYS * DAY_MS,
        reasons_zh=(),
        reasons_en=(),
        public_zh=public.zh,
        public_en=public.en,
        evidence="{}",
        event_ids=(event_id,),
        basis=legal_basis([rule.law] if rule.law else detector.law, *([basis] if basis else [])),
        simulated=simulated,
        ingress=ingress,
        declared_role=detector.role,
        service="voice" if rule.on.fact.startswith("call_") else "text" if rule.on.fact == "message" else "",
    )


def _ingress(fired: Fired, row: int) -> str:
    has_ingress = "ingress" in FACTS[fired.rule.on.fact]
    return (fired.text("ingress", row) or "") if has_ingress else ""


def build_reasons(fired: Fired, row: int, conditions: tuple[Condition, ...]) -> list[Words]:
    """Return what the rule has seen in one sentence, then how it decided.

    That is the rule's name, the values and limits of its satisfied conditions, and the condition closest to failing.
    Without a sentence of the rule its name comes first.
    """
    rule, sentence = fired.rule, render_sentence(fired, row)
    reasons = [
        *([sentence] if sentence is not None else []),
        Words(
            f"规则 {rule.name}（第 {rule.version} 版）：{rule.title.zh}",
            f"Rule {rule.name}, version {rule.version}: {rule.title.en}",
        ),
    ]
    by_windows: dict[tuple[ConditionWindow, ...], list[Condition]] = {}
    for condition in conditions:
        by_windows.setdefault(condition.ground.windows, []).append(condition)
    reasons += [_describe_windows(group) for group in by_windows.values()]
    if (decisive := nearest(conditions)) is not None:
        description = _describe_ground(decisive.ground)
        reasons.append(
            Words(f"若不满足“{description.zh}”，则不会命中。", f"It would not have fired without: {description.en}")
        )
    return reasons


def _describe_windows(conditions: list[Condition]) -> Words:
    """Describe the values of the windows of these conditions, then each limit with the weight it adds."""
    marks = _MARKS if any(not _is_plain(condition.ground) for condition in conditions) else ("",) * len(_MARKS)
    values = [
        (mark, measured.condition_window.words, format_value(measured))
        for mark, measured in zip(marks, conditions[0].windows, strict=False)
    ]
    weights = {_format_limit(condition.ground): "" for condition in conditions if condition.ground.weight is None}
    weights |= {
        _format_limit(condition.ground): f" +{condition.ground.weight:g}"
        for condition in conditions
        if condition.ground.weight is not None
    }
    limits = [f"{limit}{weight}" for limit, weight in weights.items()]
    return Words(
        f"{'；'.join(f'{mark}{words.zh} = {value}' for mark, words, value in values)}（条件：{'；'.join(limits)}）",
        f"{'; '.join(f'{mark}{words.en} = {value}' for mark, words, value in values)} (limits: {'; '.join(limits)})",
    )


def _is_plain(ground: RuleComparison) -> bool:
    """Return whether the condition compares one window with an expression without windows."""
    return len(ground.windows) == 1 and isinstance(ground.node.left, WindowExpression)


def _format_limit(ground: RuleComparison) -> str:
    """Return the limit of a condition; several windows in it are replaced by their marks ①, ②, …"""
    if _is_plain(ground):
        return f"{ground.node.operator} {format_expression(ground.node.right)}"
    text = ground.text
    for mark, window in sorted(zip(_MARKS, ground.windows, strict=False), key=lambda pair: -len(pair[1].text)):
        text = text.replace(window.text, mark.strip())
    return text


def _describe_ground(ground: RuleComparison) -> Words:
    if _is_plain(ground):
        words, limit = ground.windows[0].words, _format_limit(ground)
        return Words(f"{words.zh} {limit}", f"{words.en} {limit}")
    zh = en = ground.text
    for window in sorted(ground.windows, key=lambda window: -len(window.text)):
        zh, en = zh.replace(window.text, f"（{window.words.zh}）"), en.replace(window.text, f"({window.words.en})")
    return Words(zh, en)


def format_value(measured: WindowValue) -> str:
    """Format a window's value with its unit."""
    value, window = measured.value, measured.condition_window.window
    if measured.text is not None:
        return f"…{measured.text[-4:]}"  # enough to tell two apart, too little to name anybody
    if value is None:
        return "?"
    if _is_duration(window):
        return _format_duration(value / 1000)
    return f"{value:.1%}" if window.what in ("share", "top_share") else f"{value:g}"


def _format_duration(seconds: float) -> str:
    if seconds < 600:
        return f"{seconds:.3g} s"
    if seconds < 10 * HOUR_S:
        return f"{seconds / 60:.3g} min"
    return f"{seconds / HOUR_S:.3g} h" if seconds < 3 * DAY_S else f"{seconds / DAY_S:,.0f} days"


def _is_duration(window: WindowExpression) -> bool:
    """Return whether a window's value is a duration: of fields that end in `_ms`, or between two `_at` fields."""
    names = (
        [node.name for node in walk(window.value) if isinstance(node, FieldReference)]
        if window.value is not None
        else []
    )
    is_ms = any(name.endswith(("_ms", "_at")) for name in names)
    measures = ("sum", "mean", "stddev", "min", "max", "last", "most_frequent")
    return window.what in ("gap", "age") or (is_ms and window.what in measures)


def build_evidence(engine: RuleEngine, fired: Fired, conditions: tuple[Condition, ...]) -> dict[str, Any]:
    """Return the satisfied conditions, and each window once with its value and latest events."""
    windows = {measured.condition_window: measured for condition in conditions for measured in condition.windows}
    events: dict[tuple[int, bool], dict[str, str | int]] = {}  # id and parties, which the windows have in common
    return {
        "rule": fired.rule.name,
        "version": fired.rule.version,
        "conditions": [
            {
                "condition": condition.ground.text,
                "weight": condition.ground.weight,
                "windows": [measured.condition_window.text for measured in condition.windows],
            }
            for condition in conditions
        ],
        "windows": [_window_evidence(engine, fired, measured, events) for measured in windows.values()],
    }


def _window_evidence(
    engine: RuleEngine, fired: Fired, measured: WindowValue, events: dict[tuple[int, bool], dict[str, str | int]]
) -> dict[str, Any]:
    text_of = fired.stretch.codes.text if _has_text_values(measured.condition_window.window) else (lambda value: value)
    source = measured.condition_window.window.source
    return {
        "window": measured.condition_window.text,
        "value": measured.value if measured.text is None else measured.text,
        "events": [
            {
                "event_id": (event_parts := _describe_event(engine, event.position, source, events))["event_id"],
                "occurred_at": event.occurred_at,
                "value": None if event.value is None else text_of(event.value),
                **event_parts,
            }
            for event in measured.events
            if engine.holds_event(event.position)
        ],
    }


def _describe_event(
    engine: RuleEngine, position: int, fact: str, events: dict[tuple[int, bool], dict[str, str | int]]
) -> dict[str, str | int]:
    """Return event id, caller and callee, or sender and recipient, and the talk time, as far as they are known."""
    key = position, fact == "message"
    if key not in events:
        names = ("sender", "recipient", "talk_ms") if fact == "message" else ("caller", "callee", "talk_ms")
        parties = zip(names, engine.parties(position), strict=True)
        events[key] = {
            "event_id": engine.event_id(position),
            **{name: value for name, value in parties if value is not None},
        }
    return events[key]


@lru_cache(maxsize=1024)
def _has_text_values(window: WindowExpression) -> bool:
    """Return whether the values of a window are codes of texts; windows of `_TEXTS` take texts and numbers."""

    value = window.value
    return window.what in _TEXTS and value is not None and infer_type(value, window.source) is Type.TEXT
