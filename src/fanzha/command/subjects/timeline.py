"""What happened around a subject, and who did what: one timeline of all that its reader may see."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.words import Words
from fanzha.claims.verdict import CASE_WORDS, LEVEL_WORDS, Level
from fanzha.command.subjects.detector_titles import detector_title
from fanzha.command.subjects.models import OpinionRow, VerdictRow
from fanzha.command.subjects.selectors import FindingDetail, SubjectProfile
from fanzha.command.web.components import Happening
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer

_MAX_EVENTS = 50


def subject_timeline(shown: SubjectProfile, viewer: Viewer) -> list[Happening]:
    """Return the timeline, the latest first."""
    every = [
        *_finding_events(shown),
        *(one for row in (*shown.opinions, *shown.past_opinions) for one in _opinion_events(row, viewer)),
        *(_verdict_event(row) for row in (*(one.row for one in shown.verdicts), *shown.past_verdicts)),
        *_case_events(shown),
        *_process_events(shown),
    ]
    return sorted(every, key=lambda one: one.at, reverse=True)[:_MAX_EVENTS]


def _finding_events(shown: SubjectProfile) -> Iterator[Happening]:
    """Yield the findings of a page, those of one detector together; withdrawn ones by themselves."""
    together: dict[tuple[str, int], list[FindingDetail]] = {}
    for one in shown.findings:
        together.setdefault((one.row.detector, one.row.owner_id), []).append(one)
        if one.row.withdrawn_at:
            yield Happening(one.row.withdrawn_at, _("Finding withdrawn"), str(one.row.owner), one.row.withdrawn_why)
    for (detector, _owner), found in together.items():
        latest = found[0]
        best = max(one.row.score for one in found)
        words = ngettext(
            "%(count)s finding of %(detector)s, %(score)s",
            "%(count)s findings of %(detector)s, up to %(score)s",
            len(found),
        )
        told = words % {"count": len(found), "detector": detector_title(detector), "score": f"{best:.2f}"}
        note = latest.reasons[0] if latest.reasons else ""
        yield Happening(latest.row.found_at, told, str(latest.row.owner), note)


def _opinion_events(row: OpinionRow, viewer: Viewer) -> Iterator[Happening]:
    words = localize(LEVEL_WORDS[Level(row.level)])
    what = _("Decision: %(level)s") if row.decision else _("Opinion: %(level)s")
    note = row.reason_zh if row.reason_zh == row.reason_en else opinion_reason(row)
    yield Happening(row.given_at, what % {"level": words}, opinion_author(row, viewer), note)
    if row.withdrawn_at:
        told = _("Opinion withdrawn: %(level)s") % {"level": words}
        yield Happening(row.withdrawn_at, told, str(row.owner), row.withdrawn_why)


def opinion_author(row: OpinionRow, viewer: Viewer) -> str:
    """Return who said it; people of other organisations are not named."""
    if row.owner_id == viewer.organization and row.person:
        return f"{row.person}, {row.owner}"
    return str(row.owner)


def opinion_reason(row: OpinionRow) -> str:
    """Return why, in the reader's language."""
    return localize(Words(row.reason_zh, row.reason_en))


def _verdict_event(row: VerdictRow) -> Happening:
    level = Level(row.level)
    told = _("Verdict: %(level)s, %(score)s") % {"level": localize(LEVEL_WORDS[level]), "score": f"{row.score:.2f}"}
    return Happening(row.since, told, str(row.owner), is_harm=level is Level.SUSPECTED)


def _case_events(shown: SubjectProfile) -> Iterator[Happening]:
    for row in shown.cases:
        yield Happening(row.at, localize(CASE_WORDS[row.case]), str(row.owner), row.reference)


def _process_events(shown: SubjectProfile) -> Iterator[Happening]:
    for row in shown.processes:
        title, address = localize(row.version.process.title), reverse("process", args=[row.ref])
        yield Happening(row.opened_at, title, str(row.owner), href=address)
        if row.ended_at:
            yield Happening(row.ended_at, _("%(title)s: ended") % {"title": title}, str(row.owner), href=address)
