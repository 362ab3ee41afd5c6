"""What is known of one value at once: the kinds it resembles, their facts, and what detectors say of it alone."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa

from fanzha.base.errors import Malformed, WrongCall
from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.events import all_events
from fanzha.kinds import Fact, Kind, all_kinds
from fanzha.kinds.numbering.terms import OPERATOR_WORDS, NumberReason, Operator
from fanzha.kinds.phone_number import NumberingTables, classify
from fanzha.kinds.phone_number import facts_of as number_facts

LIKELY, NEAR_THE_BEST, LEAST = 0.3, 0.7, 0.05
#: Kinds whose values are shown masked even to whoever typed them: terminals and logs keep what they show.
MASKED = frozenset({"person", "payment_account"})
BASIS = "given by whoever asks"

Row = Mapping[str, object]
#: Kinds of which one value says something to detectors: event table, and its row from the text and the value.
ROWS: dict[str, tuple[str, Callable[[str, str], Row]]] = {
    "website": ("site_seen", lambda raw, value: {"host": value, "url": raw.strip() if "://" in raw else None}),
    "message": ("message", lambda raw, value: {"text": raw}),
}


class Guess(NamedTuple):
    """A kind that a text resembles, and the value as that kind has it."""

    kind: Kind
    value: str
    likeness: float  # 0-1; 1 when the kind was named


class Known(NamedTuple):
    """All that is known of a value as one kind."""

    kind: Kind
    shown: str
    likeness: float
    facts: list[Fact]
    findings: list[Finding]


def look_up(raw: str, kind: str | None = None, tables: NumberingTables | None = None) -> list[Known]:
    """Return what is known of a text, the likeliest kind first; raises WrongCall when it resembles none.

    `tables` are an operator's own numbering tables: they tell who carries a ported number now.
    """
    now = time.time_ns() // 1_000_000
    loaded = tables or NumberingTables()
    return [
        Known(
            guess.kind,
            guess.kind.mask(guess.value) if guess.kind.name in MASKED else guess.value,
            guess.likeness,
            _facts(guess, loaded, now),
            _findings(raw, guess, now),
        )
        for guess in guesses(raw, kind)
    ]


def guesses(raw: str, kind: str | None = None) -> list[Guess]:
    """Return the kinds that a text resembles; a kind that was named is taken at its word."""
    if kind is not None:
        return [_named(raw, kind)]
    likely = sorted(((known.resembles(raw), known) for known in all_kinds().values()), key=lambda pair: -pair[0])
    best = likely[0][0]
    kept = [(likeness, known) for likeness, known in likely if likeness >= max(LIKELY, NEAR_THE_BEST * best)]
    kept = kept or [(likeness, known) for likeness, known in likely[:1] if likeness >= LEAST]
    if not kept:
        if (seen := classify(raw)).reason is NumberReason.LETTERS and any(map(str.isdigit, raw)):
            raise WrongCall(f"this is no telephone number: {seen.reason_words.en}", fix=seen.reason_words.zh)
        raise WrongCall("this resembles nothing that is watched", fix="name its kind with --kind (see `fanzha kinds`)")
    return [Guess(known, known.normalise(raw), likeness) for likeness, known in kept]


def _named(raw: str, name: str) -> Guess:
    kind = all_kinds().get(name)
    if kind is None:
        raise WrongCall(f"there is no kind {name!r}", fix=f"kinds: {', '.join(all_kinds())}")
    try:
        return Guess(kind, kind.normalise(raw), 1.0)
    except Malformed as error:
        raise WrongCall(f"not a {kind.title.en}: {error.reason}") from None


def _facts(guess: Guess, tables: NumberingTables, now: int) -> list[Fact]:
    if guess.kind.name != "phone_number":
        return guess.kind.describe(guess.value)
    number = tables.allocated(classify(guess.value), now)
    operator, source = tables.carrier(number, now)
    if source == "plan":
        return number_facts(number)
    known = OPERATOR_WORDS[Operator(operator)] if operator in set(Operator) else Words(operator, operator)
    words = Words(f"{known.zh}（据{_SOURCES[source].zh}）", f"{known.en} (by the {_SOURCES[source].en})")
    return [*number_facts(number), Fact("operator_now", Words("现运营商", "operator now"), operator, words)]


_SOURCES = {
    "portability": Words("携号转网表", "portability table"),
    "allocation": Words("号段分配表", "allocation table"),
}


def _findings(raw: str, guess: Guess, now: int) -> list[Finding]:
    """Ask every detector that reads the value's event table; one event alone, so what needs company stays silent."""
    if guess.kind.name not in ROWS:
        return []
    from fanzha.analyze.operated import operated
    from fanzha.detect import all_detectors  # takes its time: only where there is something to ask

    table, row_of = ROWS[guess.kind.name]
    batch = _batch(table, row_of(raw, guess.value), now)
    found: list[Finding] = []
    for detector in operated(all_detectors()).values():
        if table in detector.reads:
            session = detector.open()
            found += [*session.feed(table, batch), *session.finish()]
    return sorted(found, key=lambda finding: -finding.score)


def _batch(table: str, row: Row, now: int) -> pa.RecordBatch:
    envelope = {"event_id": "lookup", "occurred_at": now, "observed_at": now, "source": "lookup", "basis": BASIS}
    columns: dict[str, Sequence[object] | pa.Array[Any]] = {
        name: [value] for name, value in {**envelope, "simulated": False, **row}.items()
    }
    return all_events()[table].conform(columns, 1)


def as_json(known: list[Known]) -> bytes:
    """Return what is known as JSON: a list, one entry a kind."""
    entries = [
        {
            "kind": one.kind.name,
            "value": one.shown,
            "likeness": one.likeness,
            "facts": {fact.name: {"value": fact.value, "zh": fact.words.zh, "en": fact.words.en} for fact in one.facts},
            "findings": one.findings,
        }
        for one in known
    ]
    return msgspec.json.format(msgspec.json.encode(entries), indent=1)
