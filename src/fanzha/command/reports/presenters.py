"""Prepare reports for the receipt page, the desk and the API."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from fanzha.base.masking import mask_numbers
from fanzha.command.processes.selectors import current_situation, find_instances, find_steps
from fanzha.command.reports.models import Report, ReportState
from fanzha.command.reports.report_processes import MAY_ADD, open_question
from fanzha.command.reports.reporter_weights import NEWCOMER, find_records
from fanzha.command.reports.rewards import find_reward, is_protected, protection_answer
from fanzha.command.reports.selectors import ProcessLosses, count_joined, sum_losses
from fanzha.command.reports.targets import CATEGORIES
from fanzha.command.subjects.selectors import mask_value
from fanzha.command.web.components import Badge, FactItem, ListRow, Tone
from fanzha.command.web.i18n import localize
from fanzha.command.web.scoping import unscoped

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

_UNSCOPED = unscoped("a reporter follows the own report by its receipt code")
#: States of the process in which the reporter may object to the answer.
MAY_OBJECT = ("answered", "to_call_back", "refused")
_ANSWERING = ("answer", "answer_drawn", "confirm_rejection")


class ReportStep(NamedTuple):
    """One line of the reporter's page: what happened, when, and whether it is done."""

    title: str
    at: datetime | None
    is_done: bool


class ReportProgress(NamedTuple):
    """What the reporter sees: no names of people, no other reporter, no value but the own."""

    shown: str
    category: str
    received_at: datetime
    steps: list[ReportStep]
    answer: str
    may_add: bool
    may_object: bool
    is_closed: bool
    reward: str = ""
    protection: str = ""
    protection_answer: str = ""
    may_ask_protection: bool = False
    sent: tuple[FactItem, ...] = ()
    waits_for: str = ""
    question: str = ""


def present_progress(report: Report) -> ReportProgress:
    """Return how far a report has come, for its reporter."""
    instance = find_instances(_UNSCOPED).filter(ref=report.process).first() if report.process else None
    steps = list(find_steps(_UNSCOPED).filter(instance=instance).order_by("number")) if instance else []
    if report.state == ReportState.JOINED:  # what happened before concerns the reporters before
        steps = [step for step in steps if step.at >= report.received_at]
    first = {step.event: step.at for step in reversed(steps)}
    situation = current_situation(instance) if instance else None
    legs = [leg for leg in situation.legs if leg.state != "passed_on"] if situation else []
    checked = sum(leg.state in ("disposed", "rectified", "accounted", "unfounded", "done") for leg in legs)
    answers = [step for step in steps if step.event in _ANSWERING]
    state = instance.state if instance else ""
    lines = [
        ReportStep(pgettext("step", "Received"), report.received_at, True),
        ReportStep(pgettext("step", "Passed to whoever runs it"), first.get("route"), bool(legs)),
        ReportStep(_checked_title(checked, len(legs)), None, bool(legs) and checked == len(legs)),
        ReportStep(
            pgettext("step", "Answer"), answers[-1].at if answers else None, bool(answers) and state != "reopened"
        ),
        ReportStep(
            pgettext("step", "Closing"), instance.ended_at if instance else None, bool(instance and instance.ended_at)
        ),
    ]
    question = open_question(report)
    return ReportProgress(
        shown=mask_reported_value(report),
        category=category_title(report),
        received_at=report.received_at,
        steps=_select_steps(instance, lines),
        answer=str(answers[-1].evidence.get("answer", "")) if answers else "",
        may_add=state in MAY_ADD,
        may_object=state in MAY_OBJECT,
        is_closed=bool(instance and instance.ended_at),
        reward=_reward_words(report),
        protection=protection_title(report.protection),
        protection_answer=protection_answer(report),
        may_ask_protection=not is_protected(report),
        sent=tuple(sent_facts(report)),
        waits_for=_("waits for your answer") if question else _waits_for(report, instance, lines),
        question=question,
    )


def _select_steps(instance: ProcessInstance | None, steps: list[ReportStep]) -> list[ReportStep]:
    """Leave out steps that cannot follow: a rejected or merged report is not passed on."""
    if instance is None or not (instance.ended_at or instance.state == "refused"):
        return steps
    return [step for step in steps if step.is_done or step is steps[-1]]


def _waits_for(report: Report, instance: ProcessInstance | None, steps: list[ReportStep]) -> str:
    """Return what the report waits for now, "" if for nothing but the end of a time."""
    if report.state in (ReportState.WAITING, ReportState.HELD):
        return _("waits to be read")
    if report.state == ReportState.FAILED:
        return _("could not be taken up; report it again, or call 96110")
    if instance is None:
        return ""
    if instance.state == "merged":
        return _("joined to an earlier report of the same")
    if instance.ended_at or instance.state == "refused":
        return ""
    ahead = [step for step in steps if not step.is_done]
    step = steps[2] if instance.state == "rejection_proposed" else ahead[0]  # its check is reviewed by somebody else
    return _("waits for the step “%(step)s”") % {"step": step.title}


def sent_facts(report: Report) -> list[FactItem]:
    """Return what the reporter sent, for the reporter alone: numbers are masked, since others may see the page."""
    pictures = len(report.screenshots)
    contact = f"{report.contact[:2]}•••" if report.contact else ""
    if report.contact.startswith("+"):
        contact = mask_value("phone_number", report.contact)
    happened = ""
    if report.happened_at is not None:
        happened = date_format(timezone.localtime(report.happened_at), "DATETIME_FORMAT")
    counted = ngettext("%(count)s picture", "%(count)s pictures", pictures) % {"count": pictures} if pictures else ""
    facts = [
        FactItem(_("What is reported"), category_title(report)),
        FactItem(_("Number, link, app or account"), mask_reported_value(report) or _("none was named or understood")),
        FactItem(_("When it happened"), happened),
        FactItem(_("What was said or written"), mask_numbers(report.text)),
        FactItem(_("Money was paid"), _("yes") if report.grade == "paid" else ""),
        FactItem(_("Loss in CNY"), "" if report.loss is None else f"{report.loss:,}"),
        FactItem(_("Pictures"), counted),
        FactItem(_("Call back to"), contact),
    ]
    return [fact for fact in facts if fact.value]


def _reward_words(report: Report) -> str:
    reward = find_reward(report)
    if reward is None:
        return ""
    words = {
        "reward_approved": _("A reward of %(amount)s CNY was decided. Show your receipt code to collect it."),
        "reward_paid": _("A reward of %(amount)s CNY was paid."),
        "reward_lapsed": _("A reward of %(amount)s CNY was not collected in time."),
    }[reward.state]
    return words % {"amount": f"{reward.amount:,}"}


def protection_title(state: str) -> str:
    """Return the title of the state of a reporter's protection, "" if none was requested."""
    return {
        "asked": _("asked for, not decided yet"),
        "granted": _("granted"),
        "declined": _("declined"),
        "ended": _("ended"),
    }.get(state, "")


def _checked_title(checked: int, total: int) -> str:
    if total < 2:
        return pgettext("step", "Check")
    return ngettext(
        "Check (%(checked)s of %(total)s organisation)", "Check (%(checked)s of %(total)s organisations)", total
    ) % {"checked": checked, "total": total}


def mask_reported_value(report: Report) -> str:
    """Return the masked value of what is reported, "" if nothing was identified."""
    return mask_value(report.subject_kind, report.value) if report.value else ""


def state_title(state: str) -> str:
    """Return the state of reports in words."""
    return {
        "waiting": _("Waiting to be read"),
        "opened": _("Being handled"),
        "joined": _("Joined to another report"),
        "held": _("Held back"),
        "failed": _("Could not be opened"),
    }[state]


def category_title(report: Report) -> str:
    """Return the category of a report in words."""
    return str(CATEGORIES[report.category].title)


def present_row(report: Report) -> ListRow:
    """Present a report as a list row: category, channel and shortened text."""
    badges = [Badge(state_title(report.state), "", Tone.WARN if report.state == "held" else Tone.QUIET)]
    if is_protected(report):
        badges.append(Badge(_("Protected reporter"), "", Tone.WARN))
    if report.grade == "paid":
        badges.append(Badge(_("Money was paid"), "", Tone.HARM))
    if report.loss:
        badges.append(Badge(_("Loss of %(loss)s CNY") % {"loss": f"{report.loss:,}"}))
    if report.screenshots:
        badges.append(Badge(_("Picture")))
    return ListRow(
        title=_(": ").join(part for part in (category_title(report), mask_reported_value(report)) if part),
        href=reverse("report", args=[report.ref]),
        summary=mask_numbers(report.text[:200]),
        at=report.received_at,
        badges=tuple(badges),
    )


def report_facts(report: Report) -> list[FactItem]:
    """Return the facts of a report for the desk; how to reach the reporter is not among them."""
    score = "" if report.score is None else f"{report.score:.2f}"
    reporters = count_joined(report.process)
    losses = sum_losses(report.process) if report.process else None
    return [
        FactItem(_("State"), state_title(report.state)),
        FactItem(_("Process"), process_title(report)),
        FactItem(_("Reason"), report.problem),
        FactItem(_("Reported"), mask_reported_value(report)),
        FactItem(_("Reported page"), mask_numbers(report.link)),
        FactItem(_("When it happened"), report.happened_at or ""),
        FactItem(_("Received"), report.received_at),
        FactItem(_("Independent reporters"), f"{reporters:,}" if reporters else ""),
        FactItem(_("Likeness to fraud, by the text"), score),
        FactItem(_("Protection of the reporter"), protection_title(report.protection)),
        FactItem(_("Weight of the reporter"), weight_words(report)),
        FactItem(_("Loss in CNY"), "" if report.loss is None else f"{report.loss:,}"),
        FactItem(_("Losses in all reports of the process"), _losses_words(losses) if losses else ""),
    ]


def weight_words(report: Report) -> str:
    """Return how much the reporter counts and why; it orders the work and rejects nothing."""
    record = find_records(report.owner_id, [report.reporter]).get(report.reporter, NEWCOMER)
    if not record.verified:
        return _("%(weight).2f, as anybody of whom no report was verified yet") % {"weight": record.weight}
    return ngettext(
        "%(weight).2f: %(true)s of %(verified)s verified report proved true",
        "%(weight).2f: %(true)s of %(verified)s verified reports proved true",
        record.verified,
    ) % {"weight": record.weight, "true": record.true, "verified": record.verified}


def _losses_words(losses: ProcessLosses) -> str:
    if not losses.with_loss:
        return ""
    return ngettext(
        "%(loss)s CNY, named in %(with_loss)s of %(reports)s report",
        "%(loss)s CNY, named in %(with_loss)s of %(reports)s reports",
        losses.reports,
    ) % {"loss": f"{losses.loss:,}", "with_loss": losses.with_loss, "reports": losses.reports}


def process_title(report: Report) -> str:
    """Return the state of the process of a report in words, "" without one."""
    rows = find_instances().select_related("version").filter(ref=report.process)
    instance = rows.first() if report.process else None
    return localize(instance.version.process.states[instance.state].title) if instance else ""
