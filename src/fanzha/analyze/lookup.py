"""Look a value up: the kinds it may be, facts about it, and findings of detectors that need one event only."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa

from fanzha.base.errors import Malformed, UsageError
from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.events import all_events
from fanzha.kinds import Fact, SubjectKind, all_kinds
from fanzha.kinds.numbering.terms import OPERATOR_WORDS, NumberReason, Operator
from fanzha.kinds.phone_number import NumberingTables, classify
from fanzha.kinds.phone_number import facts_of as number_facts

MIN_LIKENESS, MIN_SHARE_OF_BEST, MIN_BEST_LIKENESS = 0.3, 0.7, 0.05
#: Kinds whose values are masked even for the person who typed them, because terminals keep their output.
MASKED = frozenset({"person", "payment_account"})
BASIS = "given by whoever asks"

EventRow = Mapping[str, object]
#: Kinds that detectors can judge by one value: the event table, and a function from text and value to its row.
EVENT_ROWS: dict[str, tuple[str, Callable[[str, str], EventRow]]] = {
    "website": ("site_seen", lambda raw, value: {"host": value, "url": raw.strip() if "://" in raw else None}),
    "message": ("message", lambda raw, value: {"text": raw}),
}


class KindMatch(NamedTuple):
    """A kind that a text may be, and its canonical value."""

    kind: SubjectKind
    value: str
    likeness: float  # 0-1; 1 if the caller named the kind


class LookupResult(NamedTuple):
    """The facts and findings of a value as one kind."""

    kind: SubjectKind
    display: str
    likeness: float
    facts: list[Fact]
    findings: list[Finding]


def look_up(raw: str, kind: str | None = None, tables: NumberingTables | None = None) -> list[LookupResult]:
    """Look a text up, the likeliest kind first. Raise UsageError if it matches no kind.

    `tables` are the operator's numbering tables, which hold the present operators of ported numbers.
    """
    now = time.time_ns() // 1_000_000
    numbering = tables or NumberingTables()
    return [
        LookupResult(
            match.kind,
            match.kind.mask(match.value) if match.kind.name in MASKED else match.value,
            match.likeness,
            _facts(match, numbering, now),
            _findings(raw, match, now),
        )
        for match in match_kinds(raw, kind)
    ]


def match_kinds(raw: str, kind: str | None = None) -> list[KindMatch]:
    """Return the kinds that a text may be, or only `kind` if it is given."""
    if kind is not None:
        return [_match_named_kind(raw, kind)]
    likely = sorted(
        ((candidate.resembles(raw), candidate) for candidate in all_kinds().values()), key=lambda pair: -pair[0]
    )
    best = likely[0][0]
    matches = [
        (likeness, candidate)
        for likeness, candidate in likely
        if likeness >= max(MIN_LIKENESS, MIN_SHARE_OF_BEST * best)
    ]
    matches = matches or [(likeness, candidate) for likeness, candidate in likely[:1] if likeness >= MIN_BEST_LIKENESS]
    if not matches:
        if (number := classify(raw)).reason is NumberReason.LETTERS and any(map(str.isdigit, raw)):
            raise UsageError(f"this is no telephone number: {number.reason_words.en}", fix=number.reason_words.zh)
        raise UsageError("this resembles nothing that is watched", fix="name its kind with --kind (see `fanzha kinds`)")
    return [KindMatch(candidate, candidate.normalise(raw), likeness) for likeness, candidate in matches]


def _match_named_kind(raw: str, name: str) -> KindMatch:
    kind = all_kinds().get(name)
    if kind is None:
        raise UsageError(f"there is no kind {name!r}", fix=f"kinds: {', '.join(all_kinds())}")
    try:
        return KindMatch(kind, kind.normalise(raw), 1.0)
    except Malformed as error:
        raise UsageError(f"not a {kind.title.en}: {error.reason}") from None


def _facts(match: KindMatch, tables: NumberingTables, now: int) -> list[Fact]:
    if match.kind.name != "phone_number":
        return match.kind.describe(match.value)
    number = tables.allocated(classify(match.value), now)
    operator, source = tables.carrier(number, now)
    if source == "plan":
        return number_facts(number)
    operator_words = OPERATOR_WORDS[Operator(operator)] if operator in set(Operator) else Words(operator, operator)
    words = Words(
        f"{operator_words.zh}（据{_SOURCES[source].zh}）", f"{operator_words.en} (by the {_SOURCES[source].en})"
    )
    return [*number_facts(number), Fact("operator_now", Words("现运营商", "operator now"), operator, words)]


_SOURCES = {
    "portability": Words("携号转网表", "portability table"),
    "allocation": Words("号段分配表", "allocation table"),
}


def _findings(raw: str, match: KindMatch, now: int) -> list[Finding]:
    """Run the detectors of the value's event table on a single event."""
    if match.kind.name not in EVENT_ROWS:
        return []
    from fanzha.analyze.operator_settings import apply_operator_settings
    from fanzha.detect import all_detectors  # slow to import

    table, row_of = EVENT_ROWS[match.kind.name]
    batch = _batch(table, row_of(raw, match.value), now)
    findings: list[Finding] = []
    for detector in apply_operator_settings(all_detectors()).values():
        if table in detector.reads:
            session = detector.open()
            findings += [*session.feed(table, batch), *session.finish()]
    return sorted(findings, key=lambda finding: -finding.score)


def _batch(table: str, row: EventRow, now: int) -> pa.RecordBatch:
    envelope = {"event_id": "lookup", "occurred_at": now, "observed_at": now, "source": "lookup", "basis": BASIS}
    columns: dict[str, Sequence[object] | pa.Array[Any]] = {
        name: [value] for name, value in {**envelope, "simulated": False, **row}.items()
    }
    return all_events()[table].conform(columns, 1)


def as_json(results: list[LookupResult]) -> bytes:
    """Return the results as JSON: a list with one entry per kind."""
    entries = [
        {
            "kind": result.kind.name,
            "value": result.display,
            "likeness": result.likeness,
            "facts": {
                fact.name: {"value": fact.value, "zh": fact.words.zh, "en": fact.words.en} for fact in result.facts
            },
            "findings": result.findings,
        }
        for result in results
    ]
    return msgspec.json.format(msgspec.json.encode(entries), indent=1)
