"""Present subjects as list rows, badges, titles and facts; values are masked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.errors import Malformed
from fanzha.claims.finding import Maturity
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.claims.verdict import CASE_WORDS, LEVEL_WORDS, Level
from fanzha.command.subjects.canonical import mask_value
from fanzha.command.web.components import Badge, EmptyState, FactItem, Listing, ListRow, Tone
from fanzha.command.web.i18n import localize
from fanzha.command.web.relative_time import relative_time
from fanzha.kinds import all_kinds

if TYPE_CHECKING:
    from fanzha.command.subjects.models import PoliceCase, Subject, VerdictRow
    from fanzha.command.subjects.selectors import SubjectSummary

_TONES = {Level.SUSPECTED: Tone.HARM, Level.WATCH: Tone.WARN, Level.CLEAR: Tone.QUIET}
_ICONS = {Level.SUSPECTED: "alert", Level.WATCH: "eye", Level.CLEAR: "check"}


def subject_rows(summaries: Iterable[SubjectSummary]) -> list[ListRow]:
    """Return subjects as list rows."""
    return [
        ListRow(
            title=display_subject(summary.subject),
            href=reverse("subject", args=[summary.subject.ref]),
            summary=_(", ").join(_summary_words(summary)),
            aside=f"{summary.top_score:.2f}" if summary.findings else "",
            badges=verdict_badges(summary.verdict, summary.case),
            at=summary.last_at,
            meta=(kind_title(summary.subject.kind),),
            is_subject=True,
            group=summary.maturity or "",
        )
        for summary in summaries
    ]


def maturity_titles() -> dict[Maturity, str]:
    """Return the titles of the lists of findings by maturity, the most mature first."""
    return {
        Maturity.LIVE: _("Live: may be acted on"),
        Maturity.SHADOW: _("In shadow: on trial, nothing acts on it"),
        Maturity.WINDOWS_NOT_FULL: _("Windows not full: the records do not reach back far enough"),
        Maturity.CLAIMED_ONLY: _("Claimed only; the number is not proven"),
    }


def maturity_listings(rows: Sequence[ListRow], empty: EmptyState) -> list[Listing]:
    """Return rows in separate lists by the maturity that their `group` names; rows without findings come last."""
    titles = {maturity.value: title for maturity, title in maturity_titles().items()} | {"": _("Without findings")}
    return [
        Listing(title, chosen, empty, ident=f"maturity-{key or 'none'}")
        for key, title in titles.items()
        if (chosen := [row for row in rows if row.group == key])
    ]


def treatment_rows(summaries: Iterable[SubjectSummary]) -> list[ListRow]:
    """Return list rows for viewers who may not unmask: without link and figures, only of subjects with a verdict."""
    return [
        ListRow(
            title=display_subject(summary.subject),
            href="",
            badges=verdict_badges(summary.verdict, summary.case),
            meta=(kind_title(summary.subject.kind),),
            is_subject=True,
        )
        for summary in summaries
        if summary.verdict
    ]


def display_subject(subject: Subject) -> str:
    """Return the masked value of a subject."""
    return mask_value(subject.kind, subject.value, subject.shown)


def kind_title(kind: str) -> str:
    """Return the title of a kind, including kinds of findings only (call, sender)."""
    definition = all_kinds().get(kind)
    if definition:
        return localize(definition.title)
    return {"call": _("call"), "sender": _("sender"), "conversation": _("conversation")}.get(kind, kind)


def fraud_type_title(fraud_type: str) -> str:
    """Return the title of a fraud type, "" if only a pattern is known."""
    return localize(FRAUD_TYPES[fraud_type]) if fraud_type in FRAUD_TYPES else ""


def verdict_badges(verdict: VerdictRow | None, case: PoliceCase | None) -> tuple[Badge, ...]:
    """Return the badges of the verdict level and of the police case."""
    badges = [level_badge(verdict.level)] if verdict else []
    if case:
        badges.append(Badge(localize(CASE_WORDS[case.case]), "shield"))
    return tuple(badges)


def level_badge(level: str) -> Badge:
    """Return the badge of a verdict level."""
    verdict_level = Level(level)
    return Badge(localize(LEVEL_WORDS[verdict_level]), _ICONS[verdict_level], _TONES[verdict_level])


def _summary_words(summary: SubjectSummary) -> list[str]:
    parts = [ngettext("%(count)s finding", "%(count)s findings", summary.findings) % {"count": f"{summary.findings:,}"}]
    if summary.verdict and (words := fraud_type_title(summary.verdict.fraud_type)):
        parts.append(words)
    if summary.subject.holder_from:
        since = relative_time(summary.subject.holder_from, timezone.now())
        parts.append(_("holder since %(when)s") % {"when": since})
    return parts


#: A fact that contains this many last characters reveals the value.
_REVEALING_LENGTH = 6


def describe_value(kind: str, value: str) -> list[FactItem]:
    """Return facts about a canonical value; facts that reveal its masked part are left out."""
    definition = all_kinds().get(kind)
    if definition is None:
        return []
    try:
        facts = definition.describe(value)
    except Malformed:
        return []
    end = _alphanumerics(value)[-_REVEALING_LENGTH:]
    return [
        FactItem(localize(fact.title), localize(fact.words))
        for fact in facts
        if end not in _alphanumerics(fact.words.en + fact.words.zh)
    ]


def _alphanumerics(text: str) -> str:
    return "".join(filter(str.isalnum, text))
