"""Open processes, fire events and pass timers: nothing else changes a process.

`__all__` names what other apps may call, beside the selectors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.ids import sortable_id
from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.command.audit.services import Recorder, recorded
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.processes.delivery_pool import DeliveryPool, PendingDelivery, combine_deliveries
from fanzha.command.processes.disclosure import step_fields
from fanzha.command.processes.document_requests import queue_effects
from fanzha.command.processes.draws import Draw, draw_evidence, draw_lines
from fanzha.command.processes.evidence import check_people, parse_evidence
from fanzha.command.processes.evidence_file import EvidenceFileField
from fanzha.command.processes.forms import EvidenceForm, FormChoices, build_evidence_form, may_give
from fanzha.command.processes.hooks import (
    EVERY_PROCESS,
    ComputedEvidence,
    ComputedStep,
    EffectHandler,
    RetryLater,
    StepAttempt,
    StepBar,
    StepCheck,
    StepWriter,
    complete_step,
    run_checks,
    run_writers,
    subject_hooks,
)
from fanzha.command.processes.models import (
    FollowUp,
    Participation,
    ProcessInstance,
    ProcessVersion,
    Step,
    Timer,
)
from fanzha.command.processes.notice_confirmations import record_delivery
from fanzha.command.processes.notifications import (
    create_notification,
    describe_event,
    notify,
    receiving_organizations,
    settle_notifications,
)
from fanzha.command.processes.outbox_worker import RETRY_DELAYS, requeue
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.persistence import (
    ConcurrentStep,
    PartyLookup,
    adopt_process,
    instance_columns,
    mark_timer_fired,
    update_instance,
    write_rows,
)
from fanzha.command.processes.process_settings import current_settings, load_processes
from fanzha.command.processes.situations import load_situation
from fanzha.command.processes.uploads import UploadQuotaExceeded, check_files, store_for_organization, store_upload
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.scoping import unscoped
from fanzha.processes import engine
from fanzha.processes.effects import Effect
from fanzha.processes.log.commitment import Personal
from fanzha.processes.log.entry import Draft
from fanzha.processes.parties import Actor
from fanzha.processes.process import Process
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.situation import Change

__all__ = [
    "EVERY_PROCESS",
    "RETRY_DELAYS",
    "STEP_ENTRY_KIND",
    "About",
    "ComputedEvidence",
    "ComputedStep",
    "ConcurrentStep",
    "DeliveryPool",
    "EffectHandler",
    "EvidenceFileField",
    "EvidenceForm",
    "FormChoices",
    "PendingDelivery",
    "RetryLater",
    "StepAttempt",
    "StepBar",
    "StepCheck",
    "StepWriter",
    "UploadQuotaExceeded",
    "adopt_process",
    "build_evidence_form",
    "combine_deliveries",
    "create_notification",
    "describe_event",
    "fire",
    "is_simulated",
    "may_give",
    "notify",
    "open_process",
    "parse_evidence",
    "pass_timer",
    "queue_effects",
    "receiving_organizations",
    "record_delivery",
    "requeue",
    "set_subject",
    "settle_notifications",
    "store_for_organization",
    "store_upload",
]

_UNSCOPED = unscoped("a process names subjects that its actor may not read yet")

#: The kind of the log entry of a step.
STEP_ENTRY_KIND = "step"
_OPENED_BEFORE = Words("后续流程已启动", "The follow-up has already been started")
_ORDER_EFFECTS = {Effect.DISPATCH_LEG, Effect.PUBLISH_DECISION, Effect.WITHDRAW_DECISION, Effect.RESTORE_TARGETS}

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


@dataclass(frozen=True)
class About:
    """What a process is about: a subject (kind and ref), a campaign (ref), a title for lists, and the marking."""

    kind: str = ""
    subject: str = ""
    campaign: str = ""
    title: str = ""
    marking: Marking = Marking.AMBER
    simulated: bool = False


def open_process(
    name: str,
    event: str,
    owner: Organization,
    actor: Actor,
    evidence: Mapping[str, Any],
    *,
    about: About | None = None,
    at: datetime | None = None,
    ref: str = "",
    follow_up: FollowUp | None = None,
) -> ProcessInstance:
    """Open a process for its owner. The call is idempotent by `ref`. Raise Refusal.

    With `follow_up`, the process is its single follow-up process.
    """
    process = load_processes().get(name)
    if process is None:
        raise Refusal(Reason.UNKNOWN, Words(f"没有流程“{name}”", f"there is no process {name!r}"))
    if follow_up is not None and follow_up.opened_id is not None:
        raise Refusal(Reason.STATE, _OPENED_BEFORE)
    moment, about, ref = to_ms(at or timezone.now()), about or About(), ref or sortable_id()
    if (opening := process.opening.get(event)) is not None:
        values = subject_hooks().opening_values(owner, opening, evidence, about.subject, moment)
        evidence = {**evidence, **values}
    drawn = draw_evidence(process, event, owner, evidence)
    evidence = {**evidence, **drawn.evidence}
    change = engine.start(
        process, event, actor, evidence, moment, ref=ref, owner=to_party(owner), settings=current_settings()
    )
    drawn.store(owner)
    _check_evidence(process, event, actor, change)
    with unscoped("whom a step may concern is looked up among all"):
        facts, owner_party = change.situation.facts, change.situation.owner
        attempt = StepAttempt(event, change.evidence, facts, moment, owner_party, actor=actor)
        run_checks(name, attempt)
        subject_hooks().check_roles(process, attempt, actor, about.subject)
    with unscoped("a step is recorded for all who take part"), recorded() as log:
        existing = ProcessInstance.objects.filter(ref=ref).first()
        if existing is not None:
            return existing
        instance = ProcessInstance.objects.create(
            ref=ref,
            process=process.name,
            version=ProcessVersion.of(process),
            owner=owner,
            title=about.title,
            about_kind=about.kind,
            about=about.subject,
            campaign=about.campaign,
            marking=about.marking,
            simulated=about.simulated,
            opened_at=from_ms(moment),
            **instance_columns(change.situation, process, moment),
        )
        Participation.objects.create(instance=instance, organization=owner, is_owner=True)
        if follow_up is not None and not FollowUp.objects.filter(pk=follow_up.pk, opened=None).update(opened=instance):
            raise Refusal(Reason.STATE, _OPENED_BEFORE)
        if not about.subject:
            subject_hooks().set_about(instance, process.events[event].evidence, change.evidence, from_ms(moment))
        _log_steps(log, instance, write_rows(instance, change, process, PartyLookup(change), moment))
        run_writers(instance, change)
        _anchor_orders(log, change)
    return instance


def fire(
    ref: str,
    event: str,
    actor: Actor,
    evidence: Mapping[str, Any],
    *,
    leg: str = "",
    at: datetime | None = None,
    revision: int | None = None,
) -> Change:
    """Fire an event of a running process, or of one of its legs.

    With `revision`, only if the revision is unchanged. Raise Refusal with words for the user.
    """
    moment = to_ms(at or timezone.now())
    with unscoped("the engine decides who may, and must see the whole process"):
        instance = ProcessInstance.objects.select_related("version").get(ref=ref)
        if revision is not None and revision != instance.revision:
            raise concurrent_step_refusal(instance)
        process, situation = instance.version.process, load_situation(instance.situation)
        drawn = Draw({}) if leg else draw_lines(process, event, evidence, situation.facts, actor.organization)
        evidence = {**evidence, **drawn.evidence}
        change = engine.fire(
            process,
            situation,
            event,
            actor,
            complete_step(instance, event, evidence, leg),
            moment,
            settings=current_settings(),
            leg=leg,
        )
        drawn.store(instance.owner)
        _check_evidence(process, event, actor, change)
        facts, owner = change.situation.facts, change.situation.owner
        attempt = StepAttempt(event, change.evidence, facts, moment, owner, instance, actor, change.situation.legs)
        run_checks(process.name, attempt)
        subject_hooks().check_roles(process, attempt, actor)
        _record(instance, change, process, moment)
    return change


def pass_timer(timer: Timer, now: datetime) -> bool:
    """Fire one timer; return whether it fired. Each timer fires once, even if the clock changes."""
    moment = to_ms(now)
    with unscoped("deadlines pass for all organisations"):
        instance = ProcessInstance.objects.select_related("version").get(pk=timer.instance_id)
        process = instance.version.process
        try:
            change = engine.pass_timer(
                process, load_situation(instance.situation), timer.timer_id, moment, settings=current_settings()
            )
        except Refusal as refused:
            if refused.reason is not Reason.TIMER:
                raise
            return False
        _record(instance, change, process, moment, timer)
    return True


def _check_evidence(process: Process, event: str, actor: Actor, change: Change) -> None:
    """Check subjects, files and people in the evidence; imports may name files and people of the source system."""
    machine = process.machine_for(event)
    fields = machine.events[event].evidence if machine else {}
    subject_hooks().check_subjects(fields, change.evidence)
    if not actor.is_machine:
        check_files(fields, change.evidence, actor.organization)
        check_people(fields, change.evidence, actor.organization)


def concurrent_step_refusal(instance: ProcessInstance) -> Refusal:
    """Return the refusal of a concurrent step; it names the actor and event of the earlier step."""
    with unscoped("the one who was overtaken is told by whom"):
        last = instance.steps.select_related("person", "organization").order_by("-number").first()
        process = instance.version.process
    actor_name = str(last.person or last.organization or last.actor) if last else ""
    machine = process.machine_for(last.event) if last else None
    event_title = machine.events[last.event].title if machine and last else Words("", "")
    return Refusal(
        Reason.STATE,
        Words(
            f"已被他人先行办理：{actor_name}，{event_title.zh}。请刷新后再看",
            f"{actor_name} was first: {event_title.en}. Look again",
        ),
    )


def _record(instance: ProcessInstance, change: Change, process: Process, at: int, timer: Timer | None = None) -> None:
    try:
        with recorded() as log:
            before = instance.state
            update_instance(instance, change, process, at)
            first = change.steps[0] if change.steps else None
            if first is not None and first.event in process.events:
                subject_hooks().set_about(instance, process.events[first.event].evidence, change.evidence, from_ms(at))
            steps = write_rows(instance, change, process, PartyLookup(change), at)
            if timer is not None:
                mark_timer_fired(timer, has_moved=instance.state != before)
            _log_steps(log, instance, steps)
            run_writers(instance, change)
            _anchor_orders(log, change)
    except ConcurrentStep:
        instance.refresh_from_db()
        raise concurrent_step_refusal(instance) from None


def _log_steps(log: Recorder, instance: ProcessInstance, steps: Iterable[Step]) -> None:
    """Add steps of one process to the evidence log in this transaction; personal and hidden evidence is sealed."""
    for step in steps:
        fields = step_fields(instance.version.process, step)
        hidden = {name: value for name, value in step.evidence.items() if name in fields and fields[name].hidden_until}
        log.add(
            Draft(
                kind=STEP_ENTRY_KIND,
                at=to_ms(step.at),
                actor=step.person.ref if step.person else step.actor,
                organization=step.organization.ref if step.organization else "",
                process=instance.ref,
                about=instance.about or instance.campaign,
                facts={
                    "process": instance.process,
                    "number": step.number,
                    "leg": step.leg,
                    "event": step.event,
                    "before": step.before,
                    "after": step.after,
                    "evidence": {name: value for name, value in step.evidence.items() if name not in hidden},
                },
                personal=tuple(
                    Personal(name, person=instance.about or instance.ref, value=value)
                    for name, value in {**step.personal, **hidden}.items()
                ),
            )
        )


def _anchor_orders(log: Recorder, change: Change) -> None:
    """Have a change that sends or withdraws orders anchored at once, before receivers act on it for long."""
    if any(request.effect in _ORDER_EFFECTS for request in change.effects):
        log.anchor_at_once()


def is_simulated(owner: Organization, about: About, opener: int | None = None) -> bool:
    """Return whether a process opened for an organisation, by another one (`opener`, primary key), is an exercise.

    Other apps contribute `is_simulated(about)` in their module `simulated_origins`.
    """
    by_simulated = opener is not None and all_organizations().filter(pk=opener, simulated=True).exists()
    return (
        by_simulated
        or about.simulated
        or owner.simulated
        or any(module.is_simulated(about) for module in app_modules("simulated_origins"))
    )


def set_subject(instance: ProcessInstance, kind: str, ref: str) -> None:
    """Make a process be about a subject."""
    instance.about_kind, instance.about = kind, ref
    _UNSCOPED.rows(ProcessInstance).filter(pk=instance.pk).update(about_kind=kind, about=ref)
