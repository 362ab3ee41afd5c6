"""Run the examples of a rule text: which subjects each rule finds in its made-up facts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from fanzha.base.words import Words
from fanzha.detect import RuleDetector
from fanzha.detect._detector import START_MS
from fanzha.detect.rules.sample_facts import Row
from fanzha.detect.testing.checks import finding_rule, run_detector
from fanzha.events import CALL_FACTS
from fanzha.rules.catalog import FACTS
from fanzha.rules.tree import BooleanLiteral, ExampleFacts, Expression, NumberLiteral, Rule, TextLiteral

_RING_MS = 3_000  # of a call whose ring time is not given


@dataclass(frozen=True)
class ExampleResult:
    """The subjects that a rule must find in an example, and those that it found; both sorted, each once.

    `sentences` are the sentences about each subject found, if the rule has one; `says` is what each must be.
    """

    rule: str
    title: Words
    expected: tuple[str, ...]
    found: tuple[str, ...]
    sentences: tuple[Words, ...] = ()
    says: Words | None = None  # None: anything

    @property
    def passed(self) -> bool:
        """Whether the rule found exactly these subjects and each sentence is the expected one."""
        return self.expected == self.found and not self.other_sentences

    @property
    def other_sentences(self) -> tuple[Words, ...]:
        """The sentences that differ from what they must be."""
        return () if self.says is None else tuple(words for words in self.sentences if words != self.says)


def run_rule_examples(text: str, lists: Mapping[str, Sequence[str]]) -> list[ExampleResult]:
    """Return the results of all examples of a rule text, in its order. Raise RuleError if the text is invalid.

    `lists` are the values of the lists that the text does not define itself. Each example runs alone: it begins on
    Sunday 1 March 2026 at 08:00 in China, without facts before. Only what the example's rule finds or notes counts.
    """
    namespace = {"text": text, "lists": lists, "tells": Words("", ""), "examples": ()}
    detector: RuleDetector = type("ExampledRules", (RuleDetector,), namespace)()
    results = []
    for rule in (rule for rule in detector.rules if rule.examples):
        reporting = _report_notes(detector, rule)
        for example in rule.examples:
            expected, found = tuple(sorted(set(example.finds))), _find(reporting, rule, example.facts)
            sentences = tuple(found.values()) if rule.sentence is not None else ()
            results.append(ExampleResult(rule.name, example.title, expected, tuple(found), sentences, example.says))
    return results


def _report_notes(detector: RuleDetector, rule: Rule) -> RuleDetector:
    """Return a detector that reports what a rule notes as it reports what others find; `detector` if it notes nothing.

    The rules that read its facts read the same ones, except that these do not say that they were noted.
    """
    if not rule.notes:
        return detector
    rules = tuple(replace(each, notes=False) if each is rule else each for each in detector.rules)
    reporting: RuleDetector = type("ReportingRules", (type(detector),), {"rules": rules})()
    return reporting


def _find(detector: RuleDetector, rule: Rule, facts: Sequence[ExampleFacts]) -> dict[str, Words]:
    """Return the subjects that a rule finds, sorted, each with the sentence of its first finding."""
    rows = [row for number, one in enumerate(facts) for row in example_rows(one, f"example-{number}")]
    findings = [finding for finding in run_detector(detector, rows) if finding_rule(finding) == rule.name]
    sentences = {finding.subject: finding.sentence for finding in reversed(findings)}
    return dict(sorted(sentences.items()))


def example_rows(facts: ExampleFacts, call: str) -> Iterator[Row]:
    """Yield the events of facts of an example; of a call also the offer and the answer before, as far as it has them.

    `call` begins the call ids of calls that name none. `{n}` in a text is the number of the fact, from 0001 on.
    """
    for number in range(1, facts.count + 1):
        values = {name: _value(value, number) for name, value in facts.fields}
        moment = START_MS + facts.at + (number - 1) * facts.every
        if facts.table in CALL_FACTS:
            values = {"call_id": f"{call}-{number}", **values}
            yield from _earlier_call_events(facts.table, values, moment)
        yield _event(facts.table, facts.table, values, moment)


def _earlier_call_events(fact: str, values: Mapping[str, object], moment: int) -> Iterator[Row]:
    """Yield the offer of a call, and its answer if the call was answered, at the moments that its times give."""
    talk, ring = (int(str(values.get(name) or 0)) for name in ("talk_ms", "ring_ms"))
    answered_at = moment - talk
    fields = FACTS[fact]
    has_answer = values.get("answered") or any(fields[name].table == "call_answered" for name in values)
    if fact != "call_offered":
        yield _event(fact, "call_offered", values, answered_at - (ring or _RING_MS))
    if fact == "call_ended" and has_answer:
        yield _event(fact, "call_answered", values, answered_at)


def _event(fact: str, table: str, values: Mapping[str, object], moment: int) -> Row:
    """Return the event of a table with those of the fact's fields that are read from it, and the call id."""
    own = {FACTS[fact][name].column: value for name, value in values.items() if FACTS[fact][name].table == table}
    call = {"call_id": values["call_id"]} if table in CALL_FACTS else {}
    return {"table": table, "occurred_at": moment, **own, **call}


def _value(value: Expression, number: int) -> object:
    match value:
        case TextLiteral(value=text):
            return text.replace("{n}", f"{number:04}")
        case NumberLiteral(value=amount):
            return int(amount) if amount.is_integer() else amount
        case BooleanLiteral(value=truth):
            return truth
    raise TypeError(f"no literal: {value!r}")
