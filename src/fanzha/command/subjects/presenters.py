"""A subject as a row of a list: masked, what is thought of it, what was found, in words and numbers."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.errors import Malformed
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.claims.verdict import CASE_WORDS, LEVEL_WORDS, Level
from fanzha.command.subjects.canonical import mask_value
from fanzha.command.subjects.models import PoliceCase, Subject, VerdictRow
from fanzha.command.subjects.selectors import SubjectSummary
from fanzha.command.web.components import Badge, Fact, Row, Tone
from fanzha.command.web.i18n import localize
from fanzha.command.web.relative_time import relative_time
from fanzha.kinds import all_kinds

_TONES = {Level.SUSPECTED: Tone.HARM, Level.WATCH: Tone.WARN, Level.CLEAR: Tone.QUIET}
_ICONS = {Level.SUSPECTED: "alert", Level.WATCH: "eye", Level.CLEAR: "check"}


def subject_rows(known: Iterable[SubjectSummary]) -> list[Row]:
    """Return subjects as rows."""
    return [
        Row(
            title=display_subject(one.subject),
            href=reverse("subject", args=[one.subject.ref]),
            why=_(", ").join(_summary_words(one)),
            side=f"{one.top_score:.2f}" if one.findings else "",
            badges=verdict_badges(one.verdict, one.case),
            at=one.last_at,
            meta=(kind_title(one.subject.kind),),
            is_subject=True,
        )
        for one in known
    ]


def display_subject(subject: Subject) -> str:
    """Return a subject masked."""
    return mask_value(subject.kind, subject.value, subject.shown)


def kind_title(kind: str) -> str:
    """Return what a kind is called; kinds of findings alone (a call, a sender) too."""
    found = all_kinds().get(kind)
    if found:
        return localize(found.title)
    return {"call": _("call"), "sender": _("sender"), "conversation": _("conversation")}.get(kind, kind)


def fraud_type_title(fraud_type: str) -> str:
    """Return what a type of fraud is called, "" where only a pattern is known."""
    return localize(FRAUD_TYPES[fraud_type]) if fraud_type in FRAUD_TYPES else ""


def verdict_badges(verdict: VerdictRow | None, case: PoliceCase | None) -> tuple[Badge, ...]:
    """Return what is thought of a subject, and what the police say, each as a word."""
    found = [level_badge(verdict.level)] if verdict else []
    if case:
        found.append(Badge(localize(CASE_WORDS[case.case]), "shield"))
    return tuple(found)


def level_badge(level: str) -> Badge:
    """Return a level as a word with its sign."""
    held = Level(level)
    return Badge(localize(LEVEL_WORDS[held]), _ICONS[held], _TONES[held])


def _summary_words(one: SubjectSummary) -> list[str]:
    told = [ngettext("%(count)s finding", "%(count)s findings", one.findings) % {"count": f"{one.findings:,}"}]
    if one.verdict and (words := fraud_type_title(one.verdict.fraud_type)):
        told.append(words)
    if one.subject.holder_from:
        since = relative_time(one.subject.holder_from, timezone.now())
        told.append(_("holder since %(when)s") % {"when": since})
    return told


#: A fact in which so many of the last characters stand tells the value.
_REVEALING_LENGTH = 6


def describe_value(kind: str, value: str) -> list[Fact]:
    """Return what a canonical value tells by itself; facts that repeat it are left out, for it is shown masked."""
    known = all_kinds().get(kind)
    if known is None:
        return []
    try:
        told = known.describe(value)
    except Malformed:
        return []
    end = _alphanumerics(value)[-_REVEALING_LENGTH:]
    return [
        Fact(localize(one.title), localize(one.words))
        for one in told
        if end not in _alphanumerics(one.words.en + one.words.zh)
    ]


def _alphanumerics(text: str) -> str:
    return "".join(filter(str.isalnum, text))
