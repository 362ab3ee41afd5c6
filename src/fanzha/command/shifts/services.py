"""Assign campaigns and processes to people, one by one or all at a shift change, with log entries and notifications."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.ids import short_code, sortable_id
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.campaigns.services import assign_campaign
from fanzha.command.collaboration.services import subscribe
from fanzha.command.organizations.selectors import all_people, current_memberships
from fanzha.command.processes.selectors import find_instances, to_actor
from fanzha.command.processes.services import create_notification
from fanzha.command.shifts.models import DigestChoice, DigestTime, Handover, ProcessAssignment
from fanzha.command.web.roles import DECIDERS
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.commitment import Personal
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Person
    from fanzha.command.processes.models import ProcessInstance

_UNSCOPED = unscoped("assignments of the viewer's own organisation")

CAMPAIGN, PROCESS = "campaign", "process"
ASSIGNED, HANDED_OVER = "assigned", "shift_handed_over"
MAX_ITEMS = 200


class Item(NamedTuple):
    """A campaign or process by its ref, with a note for the next assignee; `revision` is the displayed one."""

    kind: str
    ref: str
    note: str = ""
    revision: int | None = None


def assign(item: Item, to: str, viewer: Viewer) -> str:
    """Assign an item to a colleague (ref), or unassign it (""); return a token to undo it, "" for a process.

    People who decide on campaigns assign to any colleague; others take processes and put back their own. Raise Refusal.
    """
    person = _find_colleague(to, viewer) if to else None
    if item.kind == CAMPAIGN:
        return assign_campaign(item.ref, person, viewer, revision=item.revision, note=item.note).together
    if item.kind != PROCESS:
        raise Refusal(Reason.UNKNOWN, Words("没有此事项", "there is no such item"))
    instance = find_instances().filter(ref=item.ref, ended_at=None).first()
    if instance is None:
        raise Refusal(Reason.UNKNOWN, Words("没有此流程，或已结束", "there is no such process, or it has ended"))
    _check_assigner(instance, person, viewer)
    _assign_process(instance, person, viewer, item.note, is_silent=False)
    return ""


def hand_over(items: Sequence[Item], to: str, remark: str, viewer: Viewer) -> tuple[Handover, list[Words]]:
    """Assign items to a colleague (ref) at once; return the record and why some could not be. Raise Refusal.

    The colleague gets one notification for all.
    """
    person, at = _find_colleague(to, viewer), timezone.now()
    if viewer.person is None or person.pk == viewer.person:
        words = Words("请选择接班人", "say who takes over")
        raise Refusal(Reason.EVIDENCE, words, fields={"to": words})
    if not items or len(items) > MAX_ITEMS:
        raise Refusal(Reason.EVIDENCE, Words("请先选择要交接的事项", "pick what to hand over first"))
    done, refused, together, actor = [], [], sortable_id(), to_actor(viewer)
    with recorded() as log:
        for item in items:
            try:
                _hand_over_one(item, person, viewer, together)
                done.append({"kind": item.kind, "ref": item.ref, "note": item.note})
            except Refusal as problem:
                refused.append(problem.words)
        if not done:
            raise Refusal(Reason.STATE, refused[0])
        handover = _UNSCOPED.rows(Handover).create(
            owner_id=viewer.organization, person_id=viewer.person, to=person, remark=remark[:1_000], items=done, at=at
        )
        log.add(
            Draft(
                kind=HANDED_OVER,
                at=to_ms(at),
                actor=actor.person,
                organization=actor.organization,
                about=handover.ref,
                facts={"to": person.ref, "items": [one["ref"] for one in done]},
                personal=(Personal("remark", person=handover.ref, value=remark),) if remark else (),
            )
        )
        by = all_people().get(pk=viewer.person)
        words = Words(f"{by}交班：{len(done)}项", f"{by} hands over the shift to you: {len(done)} items")
        path = reverse("handover_record", args=[handover.ref])
        key = f"handover:{handover.ref}"
        create_notification(viewer.organization, words, key=key, at=at, person=person, path=path)
    return handover, refused


def choose_digest(time: str, hour: int, viewer: Viewer) -> None:
    """Set when the viewer gets a digest by mail, "" for never. Raise Refusal for a key or an unknown time."""
    if viewer.person is None:
        raise Refusal(Reason.ROLE, Words("接口密钥没有邮件摘要", "a key gets no digest"))
    rows = _UNSCOPED.rows(DigestChoice).filter(owner=viewer.organization, person=viewer.person)
    if not time:
        rows.delete()
        return
    if time not in DigestTime.values or not 0 <= hour <= 23:
        words = Words("请选择发送时间", "choose when it is sent")
        raise Refusal(Reason.EVIDENCE, words, fields={"time": words})
    values = {"time": time, "hour": hour}
    rows.update_or_create(owner_id=viewer.organization, person_id=viewer.person, defaults=values)


def _hand_over_one(item: Item, person: Person, viewer: Viewer, together: str) -> None:
    if item.kind == CAMPAIGN:
        assign_campaign(item.ref, person, viewer, note=item.note, together=together, is_silent=True)
        return
    instance = find_instances().filter(ref=item.ref, ended_at=None).first()
    if instance is None:
        raise Refusal(Reason.UNKNOWN, Words("没有此流程，或已结束", "there is no such process, or it has ended"))
    _check_assigner(instance, person, viewer)
    _assign_process(instance, person, viewer, item.note, is_silent=True)


def _check_assigner(instance: ProcessInstance, person: Person | None, viewer: Viewer) -> None:
    """Raise Refusal unless the viewer decides on campaigns, takes it for himself, or passes on what is his own."""
    assignment = _UNSCOPED.rows(ProcessAssignment).filter(owner=viewer.organization, instance=instance).first()
    holder = assignment.person_id if assignment else None
    takes = person is not None and person.pk == viewer.person and holder is None
    if not (viewer.has(*DECIDERS) or takes or (holder is not None and holder == viewer.person)):
        raise Refusal(Reason.ROLE, Words("您的岗位不能指派他人的事项", "your role does not assign what is not yours"))


def _assign_process(
    instance: ProcessInstance, person: Person | None, viewer: Viewer, note: str, *, is_silent: bool
) -> None:
    at, actor = timezone.now(), to_actor(viewer)
    rows = _UNSCOPED.rows(ProcessAssignment).filter(owner=viewer.organization, instance=instance)
    with recorded() as log:
        if person is None:
            rows.delete()
        else:
            values = {"person": person, "assigned_by_id": viewer.person, "note": note[:500], "at": at}
            rows.update_or_create(owner_id=viewer.organization, instance=instance, defaults=values)
            subscribe(PROCESS, instance.ref, viewer.organization, person.pk, at)
        log.add(
            Draft(
                kind=ASSIGNED,
                at=to_ms(at),
                actor=actor.person,
                organization=actor.organization,
                about=instance.ref,
                facts={"to": person.ref if person else ""},
            )
        )
        if person is not None and person.pk != viewer.person and not is_silent:
            title = instance.version.process.title
            own = instance.title or short_code(instance.ref)
            words = Words(f"指派给您：{title.zh} · {own}", f"Assigned to you: {title.en} · {own}")
            key = f"assigned:{instance.ref}:{to_ms(at)}"
            path = reverse("process", args=[instance.ref])
            create_notification(viewer.organization, words, key=key, at=at, person=person, path=path)


def _find_colleague(ref: str, viewer: Viewer) -> Person:
    members = current_memberships().filter(organization=viewer.organization)
    person: Person | None = all_people().filter(ref=ref, pk__in=members.values("person")).first()
    if person is None:
        words = Words("请选择本单位同事", "choose a colleague of your organisation")
        raise Refusal(Reason.EVIDENCE, words, fields={"to": words})
    return person
