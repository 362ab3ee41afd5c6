"""Present the library of rules: one row for each rule, and the facts for its page."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.claims.finding import MATURITY_WORDS, Maturity, Mode
from fanzha.claims.rule_lifecycle import RuleState
from fanzha.command.detection_rules.library import LibraryEntry, RuleFigures, ShippedDetector, parse_rules
from fanzha.command.detection_rules.presenters import rule_badges, rule_title, state_label
from fanzha.command.reviews.selectors import MIN_DECISIONS, MarkedShare, share_words
from fanzha.command.subjects.selectors import display_subject, finding_sentence
from fanzha.command.web.components import Badge, DataTable, FactItem, ListRow, TimelineItem, Tone
from fanzha.command.web.i18n import localize

if TYPE_CHECKING:
    from fanzha.command.detection_rules.budgets import BudgetState
    from fanzha.command.detection_rules.selectors import RuleTextState
    from fanzha.command.subjects.models import FindingRow
    from fanzha.command.web.viewer import Viewer
    from fanzha.store.rule_texts import RuleHistoryEntry


class ShareCell(NamedTuple):
    """A share in a list: its words, and what they rest on, for those who point at it."""

    words: str
    hint: str


class LibraryRow(NamedTuple):
    """A rule or detector in the library, with its figures and where it is edited ("": it cannot be)."""

    row: ListRow
    wrongful: ShareCell
    false: ShareCell
    hits: str
    spared: str
    budget: str
    edit_url: str
    sort_keys: dict[str, tuple[float, ...]]


#: Orders of the library: what is most often wrong, what hits most, and by name.
SORTS = {
    "wrongful": gettext_lazy("most often wrong"),
    "false": gettext_lazy("most likely false"),
    "hits": gettext_lazy("most hits"),
    "name": gettext_lazy("by name"),
}


def present_library(entry: LibraryEntry, *, may_write: bool) -> LibraryRow:
    """Present a rule or detector with its figures; `may_write` adds the address at which it is edited or copied."""
    figures, row = entry.figures, present_entry(entry)
    if entry.shipped is None:
        edit_url = reverse("detection_rule_edit", args=[entry.texts[0].item.text])
    else:
        edit_url = reverse("detection_rule_copy", args=[entry.shipped.name]) if entry.shipped.text else ""
    has_run = entry.shipped is not None or _has_run(entry)
    return LibraryRow(
        row=row,
        wrongful=share_cell(figures.wrongful),
        false=share_cell(figures.false_share),
        hits=f"{figures.day:,} / {figures.week:,}" if has_run else "–",
        spared=f"{figures.spared:,}" if figures.spared else "",
        budget=budget_words(figures) if has_run and figures.budget is not None else "",
        edit_url=edit_url if may_write else "",
        sort_keys={
            "wrongful": _share_key(figures.wrongful),
            "false": _share_key(figures.false_share),
            "hits": (-figures.week, -figures.day),
            "name": (),
        },
    )


def sort_library(rows: Sequence[LibraryRow], sort: str) -> list[LibraryRow]:
    """Return rows in one of `SORTS`, those that are equal in it by title."""
    return sorted(rows, key=lambda one: (one.sort_keys[sort], one.row.title))


def share_cell(share: MarkedShare) -> ShareCell:
    """Return a share with interval and n; with too few decisions, a dash and the counts."""
    if share.value is not None and share.low is not None and share.high is not None:
        interval = _("%(share)s (%(low)s–%(high)s)") % {
            "share": f"{share.value:.0%}",
            "low": f"{share.low:.0%}",
            "high": f"{share.high:.0%}",
        }
        return ShareCell(f"{interval} n = {share.marked:,}", "")
    hint = _("%(counted)s of %(count)s; a share is stated from %(least)s on") % {
        "counted": f"{share.counted:,}",
        "count": f"{share.marked:,}",
        "least": MIN_DECISIONS,
    }
    return ShareCell(f"– ({share.counted:,}/{share.marked:,})" if share.marked else "–", hint)


def _share_key(share: MarkedShare) -> tuple[float, ...]:
    """Return the key by which the highest known share comes first, then what has the most wrong of too few."""
    return (-(share.value if share.value is not None else -1.0), -share.counted, -share.marked)


def present_entry(entry: LibraryEntry) -> ListRow:
    """Present a rule or detector: what it finds in a few words, and its state.

    A rule of the operator shows its sentence, a detector of the package its description.
    """
    if entry.shipped is not None:
        shipped = entry.shipped
        return ListRow(
            title=localize(shipped.title),
            href=reverse("detection_rule_shipped", args=[shipped.name]),
            summary=localize(shipped.tells),
            badges=(shipped_badge(shipped),),
            meta=(shipped.name,),
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
        meta=(state.item.step.by,),
    )


def matching_rows(rows: Sequence[LibraryRow], words: str) -> list[LibraryRow]:
    """Return the rows that have all words, in any order and case."""
    terms = words.casefold().split()
    return [one for one in rows if all(term in _row_text(one.row) for term in terms)]


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


def budget_words(figures: RuleFigures) -> str:
    """Return how much of the harm budget of this hour is used."""
    acted = f"{figures.acted:,}"
    if figures.budget is None:
        return _("acted on %(acted)s this hour, without a budget") % {"acted": acted}
    return _("budget: %(acted)s of %(budget)s this hour") % {"acted": acted, "budget": f"{figures.budget:,}"}


class BudgetView(NamedTuple):
    """A harm budget in a sentence, and its changes, the latest first."""

    words: str
    note: str
    changes: list[TimelineItem]


def present_budget(budget: BudgetState) -> BudgetView:
    """Present the harm budget of a rule: how many, whose, and who changed it."""
    if budget.subjects is None:
        words = _("It may act on any number of subjects.")
    else:
        words = ngettext(
            "It may act on %(count)s subject an hour.", "It may act on %(count)s subjects an hour.", budget.subjects
        ) % {"count": f"{budget.subjects:,}"}
    note = _("This is the budget of all rules without one of their own.") if not budget.is_own else ""
    if budget.is_fixed:
        note = _("An administrator of the site sets it in a file; it is not changed here.")
    changes = [
        TimelineItem(
            from_ms(change.at),
            _("%(count)s an hour") % {"count": f"{change.subjects_an_hour:,}"}
            if change.subjects_an_hour is not None
            else _("that of all rules again"),
            change.by,
            change.why,
        )
        for change in budget.changes
    ]
    return BudgetView(words, note, changes)


def figure_facts(figures: RuleFigures) -> list[FactItem]:
    """Return the figures of a rule's page."""
    return [
        FactItem(_("Wrongful actions (restored after an appeal or review)"), share_words(figures.wrongful)),
        FactItem(_("Hits in a day"), f"{figures.day:,}"),
        FactItem(_("Hits in a week"), f"{figures.week:,}"),
        FactItem(_("Of these about numbers on the allowlist"), f"{figures.spared:,}"),
        FactItem(_("Harm budget"), budget_words(figures)),
        FactItem(_("Likely false (blind reviews, without your own marks)"), share_words(figures.false_share)),
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
            list(diff_lines(wordings.get(entry.before or "", ""), wordings.get(entry.text, ""))),
        )
        for entry in reversed(entries)
        if entry.what in ("add", "change")
    ]


def diff_lines(before: str, after: str) -> Iterator[DiffLine]:
    """Yield the changed lines of two texts with the lines around them."""
    signs = {"+": "added", "-": "removed", " ": ""}
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=2, lineterm="")
    for number, line in enumerate(lines):
        if number > 1:  # the first two lines name the texts
            yield DiffLine("…" if line.startswith("@@") else line[1:], signs.get(line[0], ""))
