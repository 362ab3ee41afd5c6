"""What the page and the desk of victims show: what is being done to her, since when, how sure, what was tried."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Q
from django.forms import ModelMultipleChoiceField
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from fanzha.base.clock import span_ms
from fanzha.base.words import Words
from fanzha.command.processes.selectors import (
    NextStep,
    build_step_form,
    current_settings,
    find_instances,
    find_steps,
    load_processes,
    present_process,
)
from fanzha.command.subjects.models import FindingRow, Subject
from fanzha.command.subjects.presenters import display_subject
from fanzha.command.subjects.selectors import find_standing_findings, find_subjects, finding_sentence
from fanzha.command.subjects.subject_roles import find_victims, names_victim
from fanzha.command.subjects.victim_warnings import WarningPreview, choose_wording, preview_warning
from fanzha.command.subjects.warning_states import HAND_OVER, VictimWarning, hidden_steps, list_warning_states
from fanzha.command.web.components import FactItem, TimelineItem
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer
from fanzha.warn import CallScript, find_call_script

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

PROCESS = "dissuasion"
#: Findings that the desk reads, the latest first, and people that it lists.
_FINDINGS, _LISTED = 500, 100
#: Steps that one press takes, without a form.
_PRESSED = ("send_text", "send_flash", "send_voice", "send_app", "reach", "miss", "refuse_to_listen")
#: Steps that open a leg, with the field of the receivers: one press where only one organisation can be meant.
_RECEIVERS = {"ask_visit": "visitors", "hint_bank": "banks"}
#: The order of the steps on the page.
_ORDER = (
    "reach", "miss", "refuse_to_listen", "says_wrong", "send_text", "send_flash", "send_voice", "ask_visit",
    "hint_bank", "report_paid", "confirm_dissuaded", "confirm_loss", "confirm_no_fraud", "change_type", "send_app",
    "send_email",
)  # fmt: skip
#: Channels whose text is shown before it is sent.
_PREVIEWED = ("text", "flash_sms")
#: How long after the latest finding a page says that it happens, and not that it happened.
HAPPENS_NOW = timedelta(hours=2)
#: How long after the latest finding somebody is proposed to be reached within minutes, although the call is over.
_RECENTLY = timedelta(hours=24)
#: The past tense of sentences that were written during the call.
_PAST = {"Has been on the phone": "Was on the phone", "Is on the phone": "Was on the phone",
         "is now calling": "then called", "现正致电": "随后致电", "正与": "曾与"}  # fmt: skip
_CALLS = ("reach", "miss", "refuse_to_listen", "says_wrong")


@dataclass(frozen=True)
class VictimFacts:
    """Facts about a victim: one sentence, the first and the latest finding, the confidence in words, and the score."""

    sentence: str
    since: datetime
    last_at: datetime
    sure: str
    score: float
    findings: int
    is_live: bool

    @property
    def is_over(self) -> bool:
        """Return whether the latest finding is too old to say that it happens now."""
        return timezone.now() - self.last_at > HAPPENS_NOW


@dataclass(frozen=True)
class VictimStep:
    """A step of a dissuasion on her page: taken by one press with `hidden` values, or with a form.

    `preview` is the text that it sends.
    """

    event: str
    title: str
    url: str
    hidden: tuple[tuple[str, str], ...] = ()
    form: Any = None
    preview: WarningPreview | None = None


@dataclass(frozen=True)
class VictimPage:
    """The page of a victim. `opening` is the form to begin a dissuasion, None where one runs or the viewer may not."""

    facts: VictimFacts
    script: CallScript
    dissuasion: ProcessInstance | None
    state: str
    calls: list[VictimStep]
    others: list[VictimStep]
    opening: Any
    legs: list[Any]
    warnings: list[VictimWarning]


@dataclass(frozen=True)
class VictimRow:
    """A victim on the desk, with her running dissuasion if there is one. `due_at` is when she has to be contacted."""

    subject: Subject
    shown: str
    facts: VictimFacts
    dissuasion: ProcessInstance | None
    state: str
    due_at: datetime | None


def select_victim_facts(subject: Subject, viewer: Viewer) -> VictimFacts | None:
    """Return the facts about a subject that is only a victim in the findings that the viewer may read; else None."""
    findings = find_standing_findings()
    if subject.thing not in find_victims([subject.thing], findings).only:
        return None
    rows = list(findings.filter(names_victim(), subject=subject).order_by("-found_at", "-pk")[:_FINDINGS])
    return _summarize(rows, viewer) if rows else None


def load_victim_page(subject: Subject, facts: VictimFacts, viewer: Viewer) -> VictimPage:
    """Return the page of a victim with the steps that the viewer may take now."""
    instance = _running([subject.ref]).get(subject.ref)
    if instance is None:
        return VictimPage(facts, find_call_script(""), None, "", [], [], _opening_form(facts, viewer), [], [])
    page = present_process(instance, viewer)
    script = find_call_script(str(instance.situation["facts"].get("fraud_type", "")))
    shown = frozenset(_ORDER) - hidden_steps()
    offers = {step.offer.event: step for step in page.allowed if step.leg is None and step.offer.event in shown}
    steps = [_present_step(instance, offers[event], script, viewer) for event in _ORDER if event in offers]
    return VictimPage(
        facts=facts,
        script=script,
        dissuasion=instance,
        state=localize(page.state),
        calls=[step for step in steps if step.event in _CALLS],
        others=[step for step in steps if step.event not in _CALLS],
        opening=None,
        legs=page.legs,
        warnings=list_warning_states(instance),
    )


def describe_victim(instance: ProcessInstance, _leg: str, viewer: Viewer) -> list[FactItem]:
    """Return what was found of the person and what was said on each call, for the forms of a dissuasion's steps.

    [] for who may not read her findings, as one who helps.
    """
    subject = find_subjects().filter(ref=instance.about).first() if instance.about else None
    facts = select_victim_facts(subject, viewer) if subject else None
    if subject is None or facts is None:
        return []
    process, rows = instance.version.process, find_steps().filter(instance=instance, leg="", event__in=_CALLS)
    sure = f"{facts.sure} {facts.score:.2f}"
    return [
        FactItem(_("Person"), display_subject(subject)),
        FactItem(_("What was found"), facts.sentence),
        FactItem(_("Found last"), facts.last_at),
        FactItem(_("Findings"), f"{facts.findings} ({sure})"),
        *(
            FactItem(" · ".join((localize(process.events[step.event].title), str(step.person or ""))), step.at)
            for step in rows.select_related("person").order_by("number")
        ),
    ]


def list_dissuasion_steps(instance: ProcessInstance) -> list[TimelineItem]:
    """Return the steps of a dissuasion for the history of the person."""
    process = instance.version.process
    rows = find_steps().filter(instance=instance, leg="", event__in=process.events)
    return [
        TimelineItem(step.at, localize(process.events[step.event].title), str(step.person or step.organization or ""))
        for step in rows.select_related("person", "organization")
    ]


def list_victims(viewer: Viewer, now: datetime) -> list[VictimRow]:
    """Return the people to contact: those whose call may continue first, then those without a contact, by time."""
    found = find_standing_findings().filter(names_victim(), valid_until__gt=now).select_related("subject")
    findings: dict[str, list[FindingRow]] = {}
    for row in found.order_by("-found_at", "-pk")[:_FINDINGS]:
        findings.setdefault(row.subject.ref, []).append(row)
    running = _running(None)
    missing = [ref for ref in running if ref not in findings]
    for row in find_standing_findings().filter(names_victim(), subject__ref__in=missing).select_related("subject"):
        findings.setdefault(row.subject.ref, []).append(row)
    things = [rows[0].subject.thing for rows in findings.values()]
    victims = find_victims(things, find_standing_findings()).only
    listed = [
        VictimRow(
            subject := rows[0].subject,
            display_subject(subject),
            _summarize(rows, viewer),
            instance := running.get(ref),
            localize(instance.version.process.states[instance.state].title) if instance else "",
            instance.clock_at if instance else contact_due(rows, max(row.score for row in rows)),
        )
        for ref, rows in findings.items()
        if rows[0].subject.thing in victims
    ]
    return sorted(listed, key=_urgency)[:_LISTED]


def _urgency(row: VictimRow) -> tuple[bool, bool, float]:
    return row.facts.is_over, row.dissuasion is not None, -row.facts.last_at.timestamp()


def _running(refs: Iterable[str] | None) -> dict[str, ProcessInstance]:
    """Return the running dissuasion of each subject that the viewer may read, the latest of several."""
    rows = find_instances().filter(Q() if refs is None else Q(about__in=list(refs)), process=PROCESS, ended_at=None)
    return {row.about: row for row in rows.select_related("owner", "version").order_by("pk")}


def _summarize(rows: list[FindingRow], viewer: Viewer) -> VictimFacts:
    best = max(rows, key=lambda row: (row.mode == "live", row.score, row.found_at))
    last_at = max(row.found_at for row in rows)
    sentence = finding_sentence(best, viewer)
    return VictimFacts(
        sentence=to_past_tense(sentence) if timezone.now() - last_at > HAPPENS_NOW else sentence,
        since=min(row.found_at for row in rows),
        last_at=last_at,
        sure=_sure(best.score),
        score=best.score,
        findings=len(rows),
        is_live=best.mode == "live",
    )


def to_past_tense(sentence: str) -> str:
    """Return the sentence of a finding in the past tense."""
    for present, past in _PAST.items():
        sentence = sentence.replace(present, past)
    return sentence


def contact_grade(score: float) -> str:
    """Return the grade of urgency that a dissuasion begins with by the score of the finding."""
    return "high" if score >= 0.9 else "medium" if score >= 0.7 else "low"


def opening_grade(facts: VictimFacts) -> str:
    """Return the urgency that the form proposes: by the score while it may still go on, else by how long ago it was."""
    if not facts.is_over:
        return contact_grade(facts.score)
    is_recent = timezone.now() - facts.last_at <= _RECENTLY
    return "medium" if is_recent and contact_grade(facts.score) != "low" else "low"


def contact_due(rows: Iterable[FindingRow], score: float) -> datetime | None:
    """Return the due time of the first contact with a victim, counted from the receipt of the first finding.

    None if the installation has no process of dissuasion with that deadline.
    """
    process = load_processes().get(PROCESS)
    deadline = process.deadlines.get("first_contact") if process else None
    if process is None or deadline is None:
        return None
    span = current_settings().span_of(process, "first_contact", deadline, contact_grade(score))
    return min(row.came_in_at for row in rows) + timedelta(milliseconds=span_ms(span))


def _preview(channel: str, instance: ProcessInstance) -> WarningPreview:
    return preview_warning(channel, choose_wording(channel, instance).words)


def _sure(score: float) -> str:
    if score >= 0.9:
        return _("very likely")
    return _("likely") if score >= 0.7 else _("possible")


def _opening_form(facts: VictimFacts, viewer: Viewer) -> Any:
    process = load_processes().get(PROCESS)
    if process is None:
        return None
    event = process.events["open"]
    fields = {name: event.evidence[name] for name in ("fraud_type", "grade")}
    return build_step_form(process, fields, viewer, "open", {"fraud_type": "other", "grade": opening_grade(facts)})


def _present_step(instance: ProcessInstance, step: NextStep, script: CallScript, viewer: Viewer) -> VictimStep:
    event, fields = step.offer.event, step.offer.evidence
    url = f"{reverse('process_do', args=[instance.ref, event])}?back=subject"
    title = localize(Words(*step.offer.title))
    hidden = (("script", script.name),) if "script" in fields else ()
    if event in _PRESSED:
        channel = next((name for name in _PREVIEWED if HAND_OVER[name] == event), "")
        return VictimStep(event, title, url, hidden, preview=_preview(channel, instance) if channel else None)
    form = build_step_form(instance.version.process, fields, viewer, event, {})
    if (receivers := _RECEIVERS.get(event, "")) in fields:
        province = instance.owner.province
        organizations = cast(ModelMultipleChoiceField[Any], form.fields[receivers]).queryset or ()
        choices = [organization.pk for organization in organizations if organization.province == province]
        if len(choices) == 1:
            return VictimStep(event, title, url, ((receivers, str(choices[0])),))
    return VictimStep(event, title, url, hidden, form)
