"""The library of rules: the operator's rules and the detectors of the package, with what became of their findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Q
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.claims.finding import Mode
from fanzha.claims.rule_lifecycle import ACTING_STATES, RUNNING_STATES
from fanzha.command.reviews.selectors import MarkedShare, estimate_false_shares
from fanzha.command.subjects.selectors import find_standing_findings
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.store.allowlist import load_allowlist_by_number
from fanzha.store.budgets import load_budgets

if TYPE_CHECKING:
    from fanzha.command.detection_rules.selectors import RuleTextState
    from fanzha.command.subjects.models import FindingRow
    from fanzha.detect import Example
    from fanzha.rules.tree import Rule

_UNSCOPED = unscoped("findings of the viewer's own organisation are counted by detector")

DAY, WEEK = timedelta(days=1), timedelta(days=7)


class RuleFigures(NamedTuple):
    """Findings of the viewer's organisation by one rule or detector.

    `spared` are those of the week about numbers on the allowlist; `acted` counts different subjects of live findings in
    this clock hour (UTC), `budget` is how many there may be (None: any number). `wrongful` is the share of the targets
    of own orders that were restored.
    """

    day: int
    week: int
    spared: int
    acted: int
    budget: int | None
    false_share: MarkedShare
    wrongful: MarkedShare = MarkedShare(0, 0)


class ShippedDetector(NamedTuple):
    """A detector of the package for a page; `tells` is its description, `reads` are its event tables.

    `mode` is None and `text` is "" if the detector is no rule text.
    """

    name: str
    version: str
    title: Words
    tells: Words
    law: Sequence[str]
    mode: Mode | None
    text: str
    examples: Sequence[Example]
    reads: Sequence[str] = ()


class LibraryEntry(NamedTuple):
    """One line of the library: the texts of an operator's rule, the shown one first, or a detector of the package.

    `sentences` are those of the shown text; a detector, which has a description, has none here.
    """

    texts: Sequence[RuleTextState]
    shipped: ShippedDetector | None
    sentences: Sequence[Words]
    figures: RuleFigures


def list_library(viewer: Viewer, states: Sequence[RuleTextState]) -> list[LibraryEntry]:
    """Return the operator's rules among `states`, then the detectors of the package. Raise UsageError.

    A rule is shown by its newest text; other texts of it follow if they run. A detector that a rule of the same name
    replaces is left out.
    """
    rules: dict[str, list[RuleTextState]] = {}
    for state in sorted(states, key=lambda one: not one.item.newest):
        if state.item.newest or state.item.step.state in RUNNING_STATES:
            rules.setdefault(state.item.rule, []).append(state)
    replaced = {rule_key(one.item.rule) for one in states if one.item.step.state in ACTING_STATES}
    figures = FigureReader(viewer, timezone.now())
    entries = [
        LibraryEntry(texts, None, rule_sentences(texts[0].wording), figures.read(rule)) for rule, texts in rules.items()
    ]
    for name, detector in shipped_detectors().items():
        if name not in replaced:
            entries.append(LibraryEntry((), detector, (), figures.read(name)))
    return entries


class FigureReader:
    """Counts the findings of a viewer's organisation once, then answers for each rule."""

    def __init__(self, viewer: Viewer, now: datetime) -> None:
        """Read counts, budgets, allowlist and blind reviews. Raise UsageError if a file of the state folder is bad."""
        findings = find_standing_findings(_UNSCOPED).filter(owner=viewer.organization, found_at__lte=now).order_by()
        recent = findings.filter(found_at__gt=now - WEEK)
        hour = now.replace(minute=0, second=0, microsecond=0)
        self._day = _count(findings.filter(found_at__gt=now - DAY).values_list("detector").annotate(Count("pk")))
        self._week = _count(recent.values_list("detector").annotate(Count("pk")))
        acting = findings.filter(found_at__gte=hour, mode=Mode.LIVE).values_list("detector")
        self._acted = _count(acting.annotate(Count("subject", distinct=True)))
        numbers = [
            number
            for number, spared in load_allowlist_by_number().items()
            if any(entry.holds(to_ms(now)) for entry in spared)
        ]
        on_list = Q(subject__kind="phone_number", subject__value__in=in_list(numbers, "text"))
        self._spared = _count(recent.filter(on_list).values_list("detector").annotate(Count("pk"))) if numbers else {}
        budgets = load_budgets()
        self._budgets = {rule_key(name): budget for name, budget in budgets.rules.items()}
        self._default = budgets.default
        self._false = {rule_key(name): share for name, share in estimate_false_shares(viewer).items()}
        self._wrongful = {
            rule_key(name): share
            for module in app_modules("wrongful_actions")
            for name, share in module.wrongful_shares(viewer, now).items()
        }

    def read(self, rule: str) -> RuleFigures:
        """Return the figures of a rule or detector."""
        key = rule_key(rule)
        return RuleFigures(
            self._day.get(key, 0),
            self._week.get(key, 0),
            self._spared.get(key, 0),
            self._acted.get(key, 0),
            self._budgets.get(key, self._default).subjects_an_hour,
            self._false.get(key, MarkedShare(0, 0)),
            self._wrongful.get(key, MarkedShare(0, 0)),
        )


def _count(rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for detector, count in rows:
        counts[rule_key(detector)] = counts.get(rule_key(detector), 0) + count
    return counts


def rule_key(name: str) -> str:
    """Return the name of a rule or detector as findings carry it."""
    return name.replace("_", "-")


@cache
def shipped_detectors() -> Mapping[str, ShippedDetector]:
    """Return the detectors of the package by name."""
    from fanzha.detect import RuleDetector, all_detectors  # slow import: only when they are displayed

    return {
        name: ShippedDetector(
            name,
            detector.version,
            detector.title,
            detector.tells,
            detector.law,
            detector.mode if isinstance(detector, RuleDetector) else None,
            detector.text if isinstance(detector, RuleDetector) else "",
            detector.examples,
            detector.reads,
        )
        for name, detector in sorted(all_detectors().items())
    }


@lru_cache(maxsize=1_000)
def parse_rules(text: str) -> tuple[Rule, ...]:
    """Return the parsed rules of a text, nothing if it was written for another grammar."""
    from fanzha.rules import RuleError, parse

    try:
        return parse(text).rules if text else ()
    except RuleError:
        return ()


def rule_sentences(text: str) -> list[Words]:
    """Return the sentences of the rules of a text that people read, with a dash for each figure."""
    from fanzha.rules.sentence_template import OptionalPart, SentenceSlot, TemplateError, parse_template

    def outline(words: str) -> str:
        try:
            parts = parse_template(words)
        except TemplateError:
            return words
        flat = [piece for part in parts for piece in (part.parts if isinstance(part, OptionalPart) else (part,))]
        return "".join(f"… {part.many}".rstrip() if isinstance(part, SentenceSlot) else part for part in flat)

    return [
        Words(outline(rule.sentence.words.zh), outline(rule.sentence.words.en))
        for rule in parse_rules(text)
        if rule.sentence is not None and not rule.notes
    ]


def find_shipped(name: str) -> ShippedDetector | None:
    """Return the detector of the package with a name, None if there is none."""
    return shipped_detectors().get(rule_key(name))


def recent_findings(rule: str, viewer: Viewer, limit: int) -> list[FindingRow]:
    """Return the latest standing findings of the week that a rule gave the viewer's organisation."""
    names = {rule_key(rule), rule.replace("-", "_")}
    rows = find_standing_findings().filter(
        owner=viewer.organization, detector__in=names, found_at__gt=timezone.now() - WEEK
    )
    return list(rows.select_related("subject").order_by("-found_at", "-pk")[:limit])
