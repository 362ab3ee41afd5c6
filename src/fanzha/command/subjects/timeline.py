"""Build the timeline of a subject from the rows that the viewer may read."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.words import Words
from fanzha.claims.verdict import CASE_WORDS, LEVEL_WORDS, Level
from fanzha.command.subjects.detector_titles import detector_title
from fanzha.command.subjects.models import OpinionRow, VerdictRow
from fanzha.command.subjects.selectors import FindingDetail, SubjectProfile
from fanzha.command.web.components import TimelineItem
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer

_MAX_EVENTS = 50


def subject_timeline(profile: SubjectProfile, viewer: Viewer) -> list[TimelineItem]:
    """Return the timeline, the latest first."""
    events = [
        *_finding_events(profile),
        *(event for row in (*profile.opinions, *profile.past_opinions) for event in _opinion_events(row, viewer)),
        *(_verdict_event(row) for row in (*(event.row for event in profile.verdicts), *profile.past_verdicts)),
        *_case_events(profile),
        *_process_events(profile),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)[:_MAX_EVENTS]


def _finding_events(profile: SubjectProfile) -> Iterator[TimelineItem]:
    """Yield the findings of a page, grouped by detector; each withdrawn finding separately."""
    by_detector: dict[tuple[str, int], list[FindingDetail]] = {}
    for finding in profile.findings:
        by_detector.setdefault((finding.row.detector, finding.row.owner_id), []).append(finding)
        if finding.row.withdrawn_at:
            yield TimelineItem(
                finding.row.withdrawn_at, _("Finding withdrawn"), str(finding.row.owner), finding.row.withdrawn_why
            )
    for (detector, _owner), findings in by_detector.items():
        latest = findings[0]
        top_score = max(finding.row.score for finding in findings)
        pattern = ngettext(
            "%(count)s finding of %(detector)s, %(score)s",
            "%(count)s findings of %(detector)s, up to %(score)s",
            len(findings),
        )
        title = pattern % {"count": len(findings), "detector": detector_title(detector), "score": f"{top_score:.2f}"}
        yield TimelineItem(latest.row.found_at, title, str(latest.row.owner), latest.sentence)


def _opinion_events(row: OpinionRow, viewer: Viewer) -> Iterator[TimelineItem]:
    words = localize(LEVEL_WORDS[Level(row.level)])
    pattern = _("Decision: %(level)s") if row.decision else _("Opinion: %(level)s")
    note = row.reason_zh if row.reason_zh == row.reason_en else opinion_reason(row)
    yield TimelineItem(row.given_at, pattern % {"level": words}, opinion_author(row, viewer), note)
    if row.withdrawn_at:
        title = _("Opinion withdrawn: %(level)s") % {"level": words}
        yield TimelineItem(row.withdrawn_at, title, str(row.owner), row.withdrawn_why)


def opinion_author(row: OpinionRow, viewer: Viewer) -> str:
    """Return the author; people of other organisations are not named."""
    if row.owner_id == viewer.organization and row.person:
        return f"{row.person}, {row.owner}"
    return str(row.owner)


def opinion_reason(row: OpinionRow) -> str:
    """Return the reason of an opinion in the reader's language."""
    return localize(Words(row.reason_zh, row.reason_en))


def _verdict_event(row: VerdictRow) -> TimelineItem:
    level = Level(row.level)
    title = _("Verdict: %(level)s, %(score)s") % {"level": localize(LEVEL_WORDS[level]), "score": f"{row.score:.2f}"}
    return TimelineItem(row.since, title, str(row.owner), is_harm=level is Level.SUSPECTED)


def _case_events(profile: SubjectProfile) -> Iterator[TimelineItem]:
    for row in profile.cases:
        yield TimelineItem(row.at, localize(CASE_WORDS[row.case]), str(row.owner), row.reference)


def _process_events(profile: SubjectProfile) -> Iterator[TimelineItem]:
    for row in profile.processes:
        title, address = localize(row.version.process.title), reverse("process", args=[row.ref])
        yield TimelineItem(row.opened_at, title, str(row.owner), href=address)
        if row.ended_at:
            yield TimelineItem(
                row.ended_at, _("%(title)s: no longer valid") % {"title": title}, str(row.owner), href=address
            )
