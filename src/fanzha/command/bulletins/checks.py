"""Rules of the process `bulletin` that its definition cannot state, and the rows that its steps write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.bulletins.drafts import write_draft
from fanzha.command.bulletins.models import Bulletin, BulletinFigure
from fanzha.command.bulletins.publications import build_publication, digest_of, load_bulletin_facts
from fanzha.command.bulletins.wordings import write_figure
from fanzha.command.organizations.selectors import all_organizations, find_organization
from fanzha.command.processes.selectors import find_legs, find_steps, to_party
from fanzha.command.processes.services import ComputedEvidence, ComputedStep, StepAttempt, StepCheck
from fanzha.command.statistics.selectors import Period, load_figures, parse_month
from fanzha.command.web.components import FactItem
from fanzha.command.web.i18n import localize
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.situation import Change

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

PROCESS = "bulletin"
#: The kind of the log entry of a publication.
PUBLISHED = "bulletin_published"
_UNSCOPED = unscoped("the steps of a bulletin change it, whoever takes them")

NO_MONTH = Words("请填写月份，如 2026-10", "give a month such as 2026-10")
NOT_OVER = Words("该月尚未结束", "the month is not over yet")
DRAFTED_BEFORE = Words("该月的通报已起草", "the bulletin of this month was drafted before")
NO_COMPANY = Words(
    "本月没有企业有相应事项，没有可通报的内容；可终止本月通报",
    "no company has a case in this month, so there is nothing to report; end the bulletin",
)
CHANGED = Words(
    "提请签发后内容有变化（如收到补充答复、单位更名），请退回修订，再次提请签发",
    "it has changed since it was proposed, by a late reply or a new name: send it back and propose it again",
)
PUBLISHER = Words("须由未参与签发的人答复异议", "an objection is answered by somebody who did not publish")


def check_step(attempt: StepAttempt) -> None:
    """Raise Refusal for a wrong month, no companies, unread content, and an objection to one's own decision."""
    if attempt.event == "draft":
        _check_month(attempt)
    elif attempt.event == "send" and not attempt.evidence.get("companies"):
        raise Refusal(Reason.EVIDENCE, NO_COMPANY)
    elif attempt.event == "publish" and attempt.instance is not None:
        last = find_steps(_UNSCOPED).filter(instance=attempt.instance, event="propose").order_by("-number").first()
        if last is None or last.evidence["digest"] != attempt.evidence["digest"]:
            raise Refusal(Reason.STATE, CHANGED)
    elif attempt.event == "answer_objection" and attempt.instance is not None and attempt.actor is not None:
        history = attempt.instance.situation["history"]
        publishers = [step.get("person", "") for step in history if step["event"] in ("publish", "propose", "send")]
        if any(attempt.actor.acted_as(person) for person in publishers):
            raise Refusal(Reason.SAME_PERSON, PUBLISHER)


def _check_month(attempt: StepAttempt) -> None:
    owner = find_organization(attempt.owner.organization)
    try:
        month = parse_month(str(attempt.evidence.get("month", "")))
    except ValueError:
        raise _refuse_month(NO_MONTH) from None
    if owner is None or month.until > from_ms(attempt.at):
        raise _refuse_month(NOT_OVER)
    if _UNSCOPED.rows(Bulletin).filter(owner=owner, began_at=month.since, dropped_at=None).exists():
        raise _refuse_month(DRAFTED_BEFORE)


def _refuse_month(why: Words) -> Refusal:
    return Refusal(Reason.EVIDENCE, why, fields={"month": why})


def write_step(instance: ProcessInstance, change: Change) -> None:
    """Write what a step does to the bulletin: draft, publish, correct, withdraw or end it."""
    for step in change.steps:
        if step.leg:
            continue
        at = from_ms(step.at)
        match step.event:
            case "draft":
                write_draft(instance, _month_of(change.evidence), at)
            case "publish":
                _publish(instance, at)
            case "publish_correction":
                _add_notice(instance, at, _last_evidence(instance, "propose_correction") or change.evidence)
            case "withdraw":
                _add_notice(instance, at, _last_evidence(instance, "propose_withdrawal") or change.evidence)
                _rows(instance).update(withdrawn_at=at)
            case "drop":
                _rows(instance).update(dropped_at=at)


def _month_of(evidence: Mapping[str, Any]) -> Period:
    return parse_month(str(evidence["month"]))


def _rows(instance: ProcessInstance) -> Any:
    return _UNSCOPED.rows(Bulletin).filter(ref=instance.ref)


def _publish(instance: ProcessInstance, at: datetime) -> None:
    content = build_publication(load_bulletin_facts(_get(instance)))
    digest = digest_of(content)
    _rows(instance).update(content=content, digest=digest, published_at=at)
    with recorded() as log:
        facts = {"month": content["month"], "digest": digest}
        log.add(Draft(PUBLISHED, to_ms(at), "", instance.owner.ref, process=instance.ref, facts=facts))


def _add_notice(instance: ProcessInstance, at: datetime, evidence: Mapping[str, Any]) -> None:
    bulletin = _get(instance)
    words = {"zh": str(evidence.get("notice_zh", "")), "en": str(evidence.get("notice_en", ""))}
    notice = {"at": at.isoformat(), **words}
    _rows(instance).update(corrections=[*bulletin.corrections, notice])


def _last_evidence(instance: ProcessInstance, event: str) -> dict[str, Any]:
    """Return what the last step of an event said, nothing if an older text of the process has no such event."""
    step = find_steps(_UNSCOPED).filter(instance=instance, event=event).order_by("-number").first()
    return dict(step.evidence) if step else {}


def _get(instance: ProcessInstance) -> Bulletin:
    return _UNSCOPED.rows(Bulletin).select_related("owner").get(ref=instance.ref)


def _digest(instance: ProcessInstance, _evidence: Mapping[str, Any]) -> dict[str, Any]:
    return {"digest": digest_of(build_publication(load_bulletin_facts(_get(instance))))}


def _choose_companies(instance: ProcessInstance, evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Return the companies that the bulletin names: each of them is asked before anything is published."""
    figures = _UNSCOPED.rows(BulletinFigure).filter(bulletin__ref=instance.ref, organization__isnull=False)
    companies = all_organizations().filter(pk__in=figures.values("organization"), is_active=True).order_by("pk")
    if not companies:
        raise Refusal(Reason.EVIDENCE, NO_COMPANY)
    return {"companies": tuple(to_party(company) for company in companies), **_digest(instance, evidence)}


def describe_step(instance: ProcessInstance, leg: str, _viewer: Viewer) -> list[FactItem]:
    """Return what a form of a step shows: the figures of the leg's company and its reply, or those of all together."""
    facts = load_bulletin_facts(_get(instance))
    receivers = find_legs(_UNSCOPED).filter(instance=instance, name=leg).values_list("receiver", flat=True)
    company = receivers.first() if leg else None
    if leg and company not in facts.companies:
        return []
    items = [
        FactItem(localize(load_figures()[name].title), localize(write_figure(pair.now)))
        for name, pair in facts.figures[company].items()
    ]
    reply = facts.replies.get(company) if company is not None else None
    return [*items, FactItem(_("Reply"), reply.text)] if reply is not None and reply.text else items


def process_title(evidence: Mapping[str, Any]) -> str:
    """Return the title of the process of a month: 2026-10."""
    return str(evidence.get("month", "")).strip()[:7]


CHECKS: dict[str, StepCheck] = {PROCESS: check_step}
WRITERS = {PROCESS: write_step}
COMPUTED = {(PROCESS, "draft"): ComputedEvidence(frozenset(), lambda _evidence: {}, process_title)}
COMPUTED_STEPS = {
    (PROCESS, "send"): ComputedStep(frozenset({"companies", "digest"}), _choose_companies),
    (PROCESS, "propose"): ComputedStep(frozenset({"digest"}), _digest),
    (PROCESS, "publish"): ComputedStep(frozenset({"digest"}), _digest),
}
STEP_FACTS = {PROCESS: describe_step}
INSTANCE_PAGES = {PROCESS: "bulletin"}
