"""A firing as a finding: reasons with their numbers for the investigator, without them for the person concerned."""

from functools import lru_cache
from typing import Any

import msgspec

from fanzha.base.words import Words
from fanzha.claims import Finding, legal_basis
from fanzha.detect._rule_detector import RuleDetector
from fanzha.detect._rules.subjects import Subject
from fanzha.rules import phrase, type_of
from fanzha.rules.catalog import FACTS
from fanzha.rules.engine import Engine, Fired
from fanzha.rules.explain import Asked, Condition, Ground, Measured, explain, nearest
from fanzha.rules.tree import Field, Rule, Type, Window, walk

VALID_DAYS = 7
DAY_MS = 86_400_000
HOUR_S, DAY_S = 3_600, 86_400
_MARKS = ("① ", "② ", "③ ", "④ ", "⑤ ", "⑥ ")


def tell(detector: RuleDetector, engine: Engine, fired: Fired, row: int, subject: Subject) -> Finding:
    """Return the finding of one firing; to be called while the stretch is at hand."""
    conditions = explain(engine, fired, row)
    said = reasons(fired, conditions)
    known = evidence(engine, fired, conditions)
    found = bare(
        detector,
        fired.rule,
        subject,
        moment=int(fired.moments[row]),
        score=float(fired.scores[row]),
        event_id=str(fired.of_event("event_id", row)),
        simulated=bool(fired.of_event("simulated", row)),
        basis=fired.of_event("basis", row),
        ingress=_ingress(fired, row),
    )
    return msgspec.structs.replace(
        found,
        reasons_zh=tuple(words.zh for words in said),
        reasons_en=tuple(words.en for words in said),
        evidence=msgspec.json.encode(known).decode(),
        event_ids=_events(known, found.event_ids[-1]),
    )


def _events(known: dict[str, Any], trigger: str) -> tuple[str, ...]:
    """Return the events that the evidence shows, in order of time, the trigger last: the finding's id hangs on it."""
    seen = {event["event_id"]: event["occurred_at"] for window in known["windows"] for event in window["events"]}
    return (*(one for one in sorted(seen, key=lambda one: (seen[one], one)) if one not in ("", trigger)), trigger)


def bare(
    detector: RuleDetector,
    rule: Rule,
    subject: Subject,
    *,
    moment: int,
    score: float,
    event_id: str,
    simulated: bool,
    basis: str | None,
    ingress: str,
) -> Finding:
    """Return a finding without reasons and evidence: enough to judge what it may do."""
    public = detector.told_to(rule)
    return Finding(
        detector=detector.name,
        version=str(rule.version),
        subject_kind=subject.kind,
        subject=subject.value,
        fraud_type=rule.fraud_type,
        score=round(min(1.0, max(0.0, score)), 4),
        found_at=moment,
        valid_until=moment + VALID_DAYS * DAY_MS,
        reasons_zh=(),
        reasons_en=(),
        public_zh=public.zh,
        public_en=public.en,
        evidence="{}",
        event_ids=(event_id,),
        basis=legal_basis([rule.law] if rule.law else detector.law, *([basis] if basis else [])),
        simulated=simulated,
        ingress=ingress,
        service="voice" if rule.on.fact.startswith("call_") else "text" if rule.on.fact == "message" else "",
    )


def _ingress(fired: Fired, row: int) -> str:
    known = "ingress" in FACTS[fired.rule.on.fact]
    return (fired.text("ingress", row) or "") if known else ""


def reasons(fired: Fired, conditions: tuple[Condition, ...]) -> list[Words]:
    """Say the rule, what its conditions that held look at with values and limits, and what would have had to differ."""
    rule = fired.rule
    said = [
        Words(
            f"规则 {rule.name}（第 {rule.version} 版）：{rule.title.zh}",
            f"Rule {rule.name}, version {rule.version}: {rule.title.en}",
        )
    ]
    alike: dict[tuple[Asked, ...], list[Condition]] = {}
    for one in conditions:
        alike.setdefault(one.ground.windows, []).append(one)
    said += [_measured(together) for together in alike.values()]
    if (first := nearest(conditions)) is not None:
        without = _in_words(first.ground)
        said.append(Words(f"若不满足“{without.zh}”，则不会命中。", f"It would not have fired without: {without.en}"))
    return said


def _measured(together: list[Condition]) -> Words:
    """Say the values of the windows that these conditions look at, then the limit of each, with what it adds."""
    marks = _MARKS if any(not _is_plain(one.ground) for one in together) else ("",) * len(_MARKS)
    values = [(mark, one.asked.words, number(one)) for mark, one in zip(marks, together[0].windows, strict=False)]
    adds = {_limit(one.ground): "" for one in together if one.ground.weight is None}
    adds |= {_limit(one.ground): f" +{one.ground.weight:g}" for one in together if one.ground.weight is not None}
    limits = [f"{limit}{weight}" for limit, weight in adds.items()]
    return Words(
        f"{'；'.join(f'{mark}{words.zh} = {value}' for mark, words, value in values)}（条件：{'；'.join(limits)}）",
        f"{'; '.join(f'{mark}{words.en} = {value}' for mark, words, value in values)} (limits: {'; '.join(limits)})",
    )


def _is_plain(ground: Ground) -> bool:
    """Say whether one window is compared with what has no window in it."""
    return len(ground.windows) == 1 and isinstance(ground.node.left, Window)


def _limit(ground: Ground) -> str:
    """Return the limit of a condition, its windows as marks where more than one stands in it."""
    if _is_plain(ground):
        return f"{ground.node.operator} {phrase(ground.node.right)}"
    text = ground.text
    for mark, asked in sorted(zip(_MARKS, ground.windows, strict=False), key=lambda one: -len(one[1].text)):
        text = text.replace(asked.text, mark.strip())
    return text


def _in_words(ground: Ground) -> Words:
    if _is_plain(ground):
        words, limit = ground.windows[0].words, _limit(ground)
        return Words(f"{words.zh} {limit}", f"{words.en} {limit}")
    zh = en = ground.text
    for asked in sorted(ground.windows, key=lambda one: -len(one.text)):
        zh, en = zh.replace(asked.text, f"（{asked.words.zh}）"), en.replace(asked.text, f"({asked.words.en})")
    return Words(zh, en)


def number(measured: Measured) -> str:
    """Write a window's value with its unit."""
    value, window = measured.value, measured.asked.window
    if value is None:
        return "?"
    if _is_duration(window):
        return _duration(value / 1000)
    return f"{value:.1%}" if window.what == "share" else f"{value:g}"


def _duration(seconds: float) -> str:
    if seconds < 600:
        return f"{seconds:.3g} s"
    if seconds < 10 * HOUR_S:
        return f"{seconds / 60:.3g} min"
    return f"{seconds / HOUR_S:.3g} h" if seconds < 3 * DAY_S else f"{seconds / DAY_S:,.0f} days"


def _is_duration(window: Window) -> bool:
    """Say whether a value is one; a duration's field ends in `_ms`, and two moments have one between them."""
    names = [node.name for node in walk(window.value) if isinstance(node, Field)] if window.value is not None else []
    is_ms = any(name.endswith(("_ms", "_at")) for name in names)
    return window.what in ("gap", "age") or (is_ms and window.what in ("sum", "mean", "min", "max"))


def evidence(engine: Engine, fired: Fired, conditions: tuple[Condition, ...]) -> dict[str, Any]:
    """Return the conditions that held, and each window once: with its value and its latest events."""
    windows = {measured.asked: measured for condition in conditions for measured in condition.windows}
    return {
        "rule": fired.rule.name,
        "version": fired.rule.version,
        "conditions": [
            {
                "condition": one.ground.text,
                "weight": one.ground.weight,
                "windows": [measured.asked.text for measured in one.windows],
            }
            for one in conditions
        ],
        "windows": [_window(engine, fired, measured) for measured in windows.values()],
    }


def _window(engine: Engine, fired: Fired, measured: Measured) -> dict[str, Any]:
    texts = fired.stretch.codes.text if _tells_texts_apart(measured.asked.window) else (lambda value: value)
    return {
        "window": measured.asked.text,
        "value": measured.value,
        "events": [
            {
                "event_id": engine.event_id(seen.place),
                "occurred_at": seen.occurred_at,
                "value": None if seen.value is None else texts(seen.value),
                **_parties(engine, seen.place, measured.asked.window.source),
            }
            for seen in measured.events
        ],
    }


def _parties(engine: Engine, place: int, fact: str) -> dict[str, str | int]:
    """Return who called or wrote, to whom, and how long they talked, as far as it is known."""
    names = ("sender", "recipient", "talk_ms") if fact == "message" else ("caller", "callee", "talk_ms")
    return {name: one for name, one in zip(names, engine.parties(place), strict=True) if one is not None}


@lru_cache(maxsize=1024)
def _tells_texts_apart(window: Window) -> bool:
    """Tell whether the values of a window are codes of texts: of `distinct`, which takes numbers too."""
    value = window.value
    return window.what == "distinct" and value is not None and type_of(value, window.source) is Type.TEXT
