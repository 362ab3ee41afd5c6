"""Prepare notices and appeals for the person's page, the desk and the API, in public words alone."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fanzha.base.words import Words
from fanzha.command.notices.appeal_entry import ANSWER, QUESTION, allowed_events, can_appeal, find_appeal
from fanzha.command.notices.measure_words import ended_words, measure_basis, measure_words
from fanzha.command.notices.models import (
    AppealOutcome,
    DeliveryOutcome,
    DeliveryRoute,
    LimitAppeal,
    LimitNotice,
    NoticeState,
)
from fanzha.command.notices.registry import HIGHER, WITHDRAWALS
from fanzha.command.processes.selectors import find_steps
from fanzha.command.web.components import Badge, FactItem, ListRow, TimelineItem, Tone
from fanzha.command.web.i18n import localize
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import ACTION_SPECS, Action

_UNSCOPED = unscoped("a person follows the own appeal by its code")


class NoticeStep(NamedTuple):
    """One line of an appeal: what happens, when, and whether it is done."""

    title: str
    at: datetime | None
    is_done: bool


class AppealProgress(NamedTuple):
    """What the person sees of an appeal: no names of people. `due_at` is when the office has to answer."""

    steps: list[NoticeStep]
    state: str
    decision: str
    next_channel: str
    question: str
    hearer: str
    due_at: datetime | None
    may_answer: bool
    may_withdraw: bool
    may_go_on: bool


class NoticePage(NamedTuple):
    """A notice as its holder reads it: what is done, fact, period, basis, remedy, and what is needed to appeal."""

    heading: str
    shown: str
    owner: str
    facts: list[FactItem]
    papers: list[str]
    hearer: str
    is_lifted: bool
    may_appeal: bool
    progress: AppealProgress | None


def present_notice(notice: LimitNotice) -> NoticePage:
    """Return a notice for its holder."""
    appeal = find_appeal(notice)
    is_lifted = notice.lifted_at is not None
    return NoticePage(
        heading=notice_heading(notice),
        shown=notice.shown,
        owner=str(notice.owner),
        facts=notice_facts(notice),
        papers=needed_papers(notice.kind),
        hearer=_("Another unit of %(owner)s than the one that decided. After that the regulator.")
        % {"owner": notice.owner},
        is_lifted=is_lifted,
        may_appeal=can_appeal(notice),
        progress=present_progress(appeal) if appeal else None,
    )


def notice_heading(notice: LimitNotice) -> str:
    """Return what is done to the holder, or that it has ended, as the heading of the notice."""
    is_lifted = notice.lifted_at is not None
    return localize(ended_words(notice.measure) if is_lifted else measure_words(notice.measure).heading)


def notice_facts(notice: LimitNotice) -> list[FactItem]:
    """Return fact, what remains, period, basis and remedy in public words; never a rule or a threshold."""
    told = notice.notice
    facts = [FactItem(pgettext("notice", "What it is about"), notice.shown), FactItem(_("Fact"), localize(notice.fact))]
    facts += [FactItem(_("Measure"), word) for word in _measure(notice)]
    period = _words(told.period_zh, told.period_en)
    facts.append(FactItem(_("Until"), told.until) if told.until else FactItem(_("Period"), period))
    return [
        *facts,
        FactItem(_("Legal basis"), _basis(notice)),
        FactItem(_("Your remedy"), _words(told.remedy_zh, told.remedy_en)),
        FactItem(pgettext("organisation", "Decided by"), str(notice.owner)),
        FactItem(pgettext("notice", "Since"), told.written_at),
    ]


def present_progress(appeal: LimitAppeal) -> AppealProgress:
    """Return how far an appeal has come, for the person."""
    instance, events = appeal.instance, allowed_events(appeal)
    steps = list(find_steps(_UNSCOPED).filter(instance=instance, leg="", at__gte=appeal.filed_at).order_by("number"))
    process = instance.version.process
    decisions = [step for step in steps if step.event in process.events and process.events[step.event].decides_appeal]
    questions = [str(step.evidence.get("question", "")) for step in steps if step.event == QUESTION]
    is_decided = appeal.outcome in (AppealOutcome.UPHELD, AppealOutcome.REJECTED)
    last = decisions[-1] if decisions and is_decided else None
    told = process.events[last.event] if last else None
    lines = [
        NoticeStep(pgettext("step", "Taken in"), appeal.filed_at, True),
        NoticeStep(pgettext("step", "Decision of another unit"), last.at if last else None, is_decided),
    ]
    if appeal.outcome != AppealOutcome.REJECTED:
        lines.append(
            NoticeStep(pgettext("step", "Restored everywhere"), appeal.restored_at, appeal.restored_at is not None)
        )
    is_heard = appeal.outcome == AppealOutcome.OPEN
    return AppealProgress(
        steps=lines,
        state=outcome_title(appeal),
        decision=localize(told.told or told.title) if told else "",
        next_channel=str(last.evidence.get("next_channel", "")) if last else "",
        question=questions[-1] if questions and ANSWER in events else "",
        hearer=_("The regulator") if appeal.is_higher else str(instance.owner),
        due_at=instance.clock_at if is_heard else None,
        may_answer=ANSWER in events,
        may_withdraw=bool(WITHDRAWALS & events) and is_heard,
        may_go_on=bool(HIGHER & events),
    )


def needed_papers(kind: str) -> list[str]:
    """Return the papers that help to decide an appeal about a kind of thing."""
    identity = _("Your identity document, to be looked at only: its number is not stored")
    match kind:
        case "phone_number" | "sim_card":
            return [identity, _("What you use the number for: work badge, delivery slips, contract or licence")]
        case "payment_account" | "account":
            return [identity, _("Where the payments or messages come from: orders, contracts, chats")]
        case "website" | "host" | "app":
            return [_("Business licence and filing of the site or app"), _("Who runs it, and what it is for")]
    return [identity, _("Whatever shows that the fact is wrong or has changed")]


def outcome_title(appeal: LimitAppeal) -> str:
    """Return what became of an appeal."""
    titles = {
        AppealOutcome.OPEN: _("Being heard by the regulator") if appeal.is_higher else _("Being heard"),
        AppealOutcome.UPHELD: _("Upheld"),
        AppealOutcome.REJECTED: _("Rejected"),
        AppealOutcome.WITHDRAWN: pgettext("appeal", "Withdrawn"),
    }
    return titles[AppealOutcome(appeal.outcome)]


def state_title(state: str) -> str:
    """Return the title of a state of delivery."""
    titles = {
        NoticeState.WAITING: _("Waiting"),
        NoticeState.SENT: _("Text sent, no receipt yet"),
        NoticeState.DELIVERED: _("Delivered"),
        NoticeState.UNDELIVERED: _("Not delivered"),
        NoticeState.LIFTED: _("Limit ended before delivery"),
    }
    return titles[NoticeState(state)]


def route_title(route: str) -> str:
    """Return the title of a route."""
    titles = {
        DeliveryRoute.TEXT: _("text message"),
        DeliveryRoute.SHOP: _("shop"),
        DeliveryRoute.HOTLINE: _("hotline"),
        DeliveryRoute.LETTER: _("letter"),
        DeliveryRoute.PAGE: _("opened by the notice code"),
    }
    return titles[DeliveryRoute(route)]


def outcome_words(outcome: str, route: str = "") -> str:
    """Return the title of the outcome of an attempt; a letter has a receipt of its own kind."""
    if route == DeliveryRoute.LETTER and outcome == DeliveryOutcome.RECEIVED:
        return _("received, with its receipt")
    titles = {
        DeliveryOutcome.SENT: _("sent"),
        DeliveryOutcome.RECEIVED: _("receipt of the handset"),
        DeliveryOutcome.HANDED_OVER: _("handed over"),
        DeliveryOutcome.READ_OUT: _("read out"),
        DeliveryOutcome.OPENED: _("read by the person"),
        DeliveryOutcome.FAILED: _("failed"),
    }
    return titles[DeliveryOutcome(outcome)]


def present_row(notice: LimitNotice) -> ListRow:
    """Return a notice for a list of the desk."""
    is_late = notice.is_open and notice.state == NoticeState.UNDELIVERED
    badge = Badge(state_title(notice.state), "alert" if is_late else "", Tone.HARM if is_late else Tone.QUIET)
    return ListRow(
        title=notice.shown or notice.ref[-6:],
        href=reverse("limit_notice", args=[notice.ref]),
        summary=localize(notice.fact),
        badges=(badge,),
        due=notice.route_due_at if notice.is_open else None,
        at=notice.written_at,
        meta=(str(notice.owner), route_title(notice.route)),
    )


def present_attempts(notice: LimitNotice) -> list[TimelineItem]:
    """Return the attempts to deliver a notice and their proofs, the latest first."""
    from fanzha.command.notices.forms import CHECKS

    rows = notice.deliveries.select_related("organization").order_by("-pk")
    return [
        TimelineItem(
            at=row.at,
            what=f"{route_title(row.route)}{_(': ')}{outcome_words(row.outcome, row.route)}",
            who=str(row.organization or ""),
            note=_("; ").join(filter(None, (str(CHECKS.get(row.checked, "")), row.note))),
            is_harm=row.outcome == DeliveryOutcome.FAILED,
        )
        for row in rows
    ]


def _measure(notice: LimitNotice) -> list[str]:
    if not notice.measure:
        return []
    spec = ACTION_SPECS[Action(notice.measure)]
    return [_("; ").join(filter(None, (localize(spec.title), localize(spec.keeps))))]


def _basis(notice: LimitNotice) -> str:
    if notice.measure:
        return localize(measure_basis(notice.measure, notice.instance.version.process))
    return _words(notice.notice.basis_zh, notice.notice.basis_en)


def _words(zh: str, en: str) -> str:
    return localize(Words(zh, en))
