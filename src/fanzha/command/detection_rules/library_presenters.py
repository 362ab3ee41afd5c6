"""Present the library of rules: one row for each rule, and what a rule's page says of it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.claims.finding import MATURITY_WORDS, Maturity, Mode
from fanzha.claims.rule_lifecycle import RuleState
from fanzha.command.detection_rules.library import LibraryEntry, RuleFigures, ShippedDetector, parse_rules
from fanzha.command.detection_rules.presenters import rule_badges, rule_title, state_label
from fanzha.command.reviews.selectors import share_words
from fanzha.command.subjects.selectors import display_subject, finding_sentence
from fanzha.command.web.components import Badge, DataTable, FactItem, ListRow, Tone
from fanzha.command.web.i18n import localize

if TYPE_CHECKING:
    from fanzha.command.detection_rules.selectors import RuleTextState
    from fanzha.command.subjects.models import FindingRow
    from fanzha.command.web.viewer import Viewer
    from fanzha.store.rule_texts import RuleHistoryEntry


def present_entry(entry: LibraryEntry) -> ListRow:
    """Present a rule or detector as a list row: what it finds in a few words, its state and its figures.

    A rule of the operator shows its sentence, a detector of the package its description.
    """
    if entry.shipped is not None:
        shipped = entry.shipped
        return ListRow(
            title=localize(shipped.title),
            href=reverse("detection_rule_shipped", args=[shipped.name]),
            summary=localize(shipped.tells),
            badges=(shipped_badge(shipped),),
            meta=(*figure_words(entry.figures), shipped.name),
        )
    state, *others = entry.texts
    running = tuple(
        Badge(_("version %(version)s: %(state)s") % _running(other), "history", Tone.PLAIN) for other in others
    )
    return ListRow(
        title=rule_title(state),
        href=reverse("detection_rule", args=[state.item.text]),
        summary=_sentence(entry.sentences, Words("没有所见语句", "It has no sentence.")),
        badges=(*rule_badges(state), *running),
        at=from_ms(state.item.step.at),
        meta=(state.item.step.by, *(figure_words(entry.figures) if _has_run(entry) else ())),
    )


def matching_rows(rows: Sequence[ListRow], words: str) -> list[ListRow]:
    """Return the rows that have all words, in any order and case."""
    terms = words.casefold().split()
    return [row for row in rows if all(term in _row_text(row) for term in terms)]


def _row_text(row: ListRow) -> str:
    return " ".join((row.title, row.summary, *(badge.word for badge in row.badges), *row.meta)).casefold()


def _running(state: RuleTextState) -> dict[str, object]:
    return {"version": state.heading.version or state.item.text[:8], "state": state_label(state.item.step)}


def _has_run(entry: LibraryEntry) -> bool:
    """Return whether any shown text runs, or has left findings in the week."""
    waiting = (RuleState.DRAFT, RuleState.BACKTEST)
    return entry.figures.week > 0 or any(state.item.step.state not in waiting for state in entry.texts)


def _sentence(sentences: Sequence[Words], otherwise: Words) -> str:
    """Return the sentence of a text, `otherwise` if it has none or several."""
    return localize(sentences[0] if len(sentences) == 1 else otherwise)


def shipped_badge(shipped: ShippedDetector) -> Badge:
    """Return the badge of a detector of the package: live, in shadow, or decided finding by finding."""
    if shipped.mode is None:
        return Badge(_("written in Python"), "list", Tone.PLAIN)
    is_live = shipped.mode is Mode.LIVE
    words = localize(MATURITY_WORDS[Maturity.LIVE if is_live else Maturity.SHADOW])
    return Badge(words, "check" if is_live else "eye", Tone.ACCENT if is_live else Tone.PLAIN)


def figure_words(figures: RuleFigures) -> tuple[str, ...]:
    """Return the figures of a row, each with its words."""
    hits = _("hits: %(day)s in a day, %(week)s in a week") % {
        "day": f"{figures.day:,}",
        "week": f"{figures.week:,}",
    }
    spared = ngettext("%(count)s on the allowlist", "%(count)s on the allowlist", figures.spared)
    return (
        hits,
        *((spared % {"count": f"{figures.spared:,}"},) if figures.spared else ()),
        budget_words(figures),
        _("likely false: %(share)s") % {"share": share_words(figures.false_share)},
    )


def budget_words(figures: RuleFigures) -> str:
    """Return how much of the harm budget of this hour is used."""
    acted = f"{figures.acted:,}"
    if figures.budget is None:
        return _("acted on %(acted)s this hour, without a budget") % {"acted": acted}
    return _("budget: %(acted)s of %(budget)s this hour") % {"acted": acted, "budget": f"{figures.budget:,}"}


def figure_facts(figures: RuleFigures) -> list[FactItem]:
    """Return the figures of a rule's page."""
    return [
        FactItem(_("Hits in a day"), f"{figures.day:,}"),
        FactItem(_("Hits in a week"), f"{figures.week:,}"),
        FactItem(_("Of these about numbers on the allowlist"), f"{figures.spared:,}"),
        FactItem(_("Harm budget"), budget_words(figures)),
        FactItem(_("Likely false (blind reviews, without your own marks)"), share_words(figures.false_share)),
    ]


class RuleWording(NamedTuple):
    """One rule of a text in words: its sentences, when it decides, what it counts, and below which limits it finds."""

    title: str
    decides: str
    windows: list[tuple[str, str]]
    limits: list[tuple[str, str]]
    unless: str
    finds: str


def describe_rules(text: str) -> list[RuleWording]:
    """Describe the rules of a text; nothing for a text of another grammar or with mistakes."""
    from fanzha.claims.fraud_type import FRAUD_TYPES
    from fanzha.rules import RuleError, check, parse
    from fanzha.rules.describe import describe
    from fanzha.store.lists import load_lists

    try:
        rules = check(parse(text), lists=load_lists(), fraud_types=FRAUD_TYPES).rules if text else ()
    except RuleError:
        return []
    described = [(rule, describe(rule)) for rule in rules]
    return [
        RuleWording(
            localize(Words(rule.title.zh or rule.name, rule.title.en or rule.name)),
            localize(one.decides),
            [(written, localize(words)) for written, words in one.windows],
            list(one.limits),
            one.unless,
            localize(one.finds),
        )
        for rule, one in described
    ]


def example_table(text: str, shipped: ShippedDetector | None = None) -> DataTable | None:
    """Return the examples of a rule text or detector with what each must find, None without any."""
    nothing = _("nothing")
    rows: list[tuple[object, ...]] = []
    for rule in parse_rules(text):
        rows += [
            (localize(one.title), sum(facts.count for facts in one.facts), ", ".join(one.finds) or nothing)
            for one in rule.examples
        ]
    for shown in shipped.examples if shipped else ():
        found = ", ".join(str(finding.get("subject", finding.get("subject_kind", "–"))) for finding in shown.finds)
        rows.append((localize(shown.title), len(shown.rows), found or nothing))
    head = (_("Example"), _("made-up events"), _("must find"))
    return DataTable(_("Examples with what each must find"), head, tuple(rows), frozenset({1})) if rows else None


def present_findings(rows: Sequence[FindingRow], viewer: Viewer) -> list[ListRow]:
    """Present the latest findings of a rule."""
    return [
        ListRow(
            title=display_subject(row.subject),
            href=reverse("subject", args=[row.subject.ref]),
            summary=finding_sentence(row, viewer),
            aside=f"{row.score:.2f}",
            badges=(Badge(localize(MATURITY_WORDS[Maturity(row.maturity)])),),
            at=row.found_at,
            is_subject=True,
        )
        for row in rows
    ]


class DiffLine(NamedTuple):
    """A line of a change: the text without its sign, and `added`, `removed` or ""."""

    text: str
    sign: str


class TextChange(NamedTuple):
    """One change of a rule's text: who made it, when and why, and the changed lines."""

    at: object
    by: str
    why: str
    text: str
    lines: list[DiffLine]


def text_changes(entries: Sequence[RuleHistoryEntry], wordings: dict[str, str]) -> list[TextChange]:
    """Return the changes of the text of a rule, the latest first; `wordings` are its texts by digest."""
    return [
        TextChange(
            from_ms(entry.step.at),
            entry.step.by,
            entry.step.why,
            entry.text,
            list(_diff(wordings.get(entry.before or "", ""), wordings.get(entry.text, ""))),
        )
        for entry in reversed(entries)
        if entry.what in ("add", "change")
    ]


def _diff(before: str, after: str) -> Iterator[DiffLine]:
    signs = {"+": "added", "-": "removed", " ": ""}
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=2, lineterm="")
    for number, line in enumerate(lines):
        if number > 1:  # the first two lines name the texts
            yield DiffLine("…" if line.startswith("@@") else line[1:], signs.get(line[0], ""))
