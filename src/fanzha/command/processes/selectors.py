"""Select processes, legs and steps; `__all__` names what other apps may read of running processes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from fanzha.base.words import Words
from fanzha.command.processes.awaited_steps import for_person, is_expected, waiting_legs
from fanzha.command.processes.disclosure import Disclosure, step_fields
from fanzha.command.processes.evidence import as_list
from fanzha.command.processes.forms import build_step_form
from fanzha.command.processes.hooks import find_instance_page, find_joint_title, find_step_page, subject_hooks
from fanzha.command.processes.leg_messages import (
    LegQuestion,
    build_leg_message,
    current_question,
    expected_answers,
    find_request,
    is_superseded,
    requested_state,
)
from fanzha.command.processes.models import (
    FalseDisposal,
    Leg,
    Notification,
    OutboxItem,
    OutboxState,
    ProcessInstance,
    Step,
    SubjectNotice,
    Timer,
    TimerStatus,
)
from fanzha.command.processes.openings import list_openings
from fanzha.command.processes.palette_entries import find_process_entries
from fanzha.command.processes.parties import role_table_kind, select_named_organizations, to_actor, to_party
from fanzha.command.processes.presenters import (
    ActionBar,
    LegSummary,
    NextStep,
    ProcessPage,
    build_action_bar,
    display_value,
    present_process,
)
from fanzha.command.processes.process_settings import current_settings, load_processes
from fanzha.command.processes.situations import current_situation, list_offers
from fanzha.command.processes.titles import describe_title, describe_titles
from fanzha.command.web.counts import CappedCount, count_capped
from fanzha.command.web.list_options import SortOrder, take_page
from fanzha.command.web.scoping import Unscoped, unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.effects import Effect
from fanzha.processes.process import Legs, Process

__all__ = [
    "LegQuestion",
    "ActionBar",
    "Disclosure",
    "LegSummary",
    "NextStep",
    "PROCESS_SORTS",
    "ProcessPage",
    "URGENT",
    "as_list",
    "awaits_documents",
    "build_action_bar",
    "build_leg_message",
    "build_step_form",
    "count_unread",
    "current_settings",
    "current_question",
    "current_situation",
    "describe_title",
    "describe_titles",
    "display_value",
    "expected_answers",
    "find_false_disposals",
    "find_instance_page",
    "find_joint_title",
    "find_instances",
    "find_legs",
    "find_notice",
    "find_subject_notices",
    "find_timers",
    "find_process_entries",
    "find_request",
    "is_superseded",
    "find_step_page",
    "find_steps",
    "has_later_effect",
    "is_expected",
    "is_late",
    "is_readable_by",
    "late_legs",
    "list_offers",
    "list_openings",
    "load_processes",
    "mask_subject",
    "missed_by_receiver",
    "own_false_disposals",
    "own_notices",
    "present_process",
    "requested_state",
    "role_table_kind",
    "select_named_organizations",
    "step_fields",
    "steps_readable_by",
    "take_process_page",
    "to_actor",
    "to_party",
    "undelivered_notices",
    "unread_notifications",
    "waiting_legs",
]

_UNSCOPED = unscoped("deadlines are compared for all processes")

#: Order by the effective deadline: the first missed one, else the next one; earliest first.
URGENT = Coalesce("late_since", "due_at").asc(nulls_last=True)


#: Orders of lists of processes; `clock` is the effective deadline, after all others where there is none.
PROCESS_SORTS: dict[str, SortOrder] = {
    "latest": SortOrder(Words("最近启动", "opened last"), "id", int),
    "due": SortOrder(Words("时限最近", "due first"), "clock", datetime.fromisoformat, descending=False),
    "changed": SortOrder(Words("最近变动", "changed last"), "changed_at", datetime.fromisoformat),
}
_LATEST_UNREAD = 500
_NEVER_DUE = datetime(9999, 1, 1, tzinfo=UTC)


def take_process_page(
    rows: QuerySet[ProcessInstance], sort: str, cursor: str, size: int
) -> tuple[list[ProcessInstance], str]:
    """Return one page of processes in an order ("" for the first), and the next cursor; a wrong cursor starts over."""
    order = PROCESS_SORTS[sort or "latest"]
    rows = rows.annotate(clock=Coalesce("late_since", "due_at", Value(_NEVER_DUE)))
    try:
        page, end = take_page(rows, order, cursor, size)
    except ValueError:
        page, end = take_page(rows, order, "", size)
    return list(page), end


def find_instances(access: Unscoped | None = None) -> QuerySet[ProcessInstance]:
    """Return the processes that the current viewer may read, or all with `access`."""
    return access.rows(ProcessInstance) if access else ProcessInstance.objects.all()


def find_legs(access: Unscoped | None = None) -> QuerySet[Leg]:
    """Return the legs that the current viewer may read, or all with `access`."""
    return access.rows(Leg) if access else Leg.objects.all()


def find_steps(access: Unscoped | None = None) -> QuerySet[Step]:
    """Return the steps that the current viewer may read, or all with `access`."""
    return access.rows(Step) if access else Step.objects.all()


def find_timers(access: Unscoped) -> QuerySet[Timer]:
    """Return the timers of all processes."""
    return access.rows(Timer)


def find_subject_notices(access: Unscoped) -> QuerySet[SubjectNotice]:
    """Return the notices to persons concerned of all organisations."""
    return access.rows(SubjectNotice)


def find_false_disposals(access: Unscoped) -> QuerySet[FalseDisposal]:
    """Return the false disposals of all organisations."""
    return access.rows(FalseDisposal)


def steps_readable_by(viewer: Viewer) -> QuerySet[Step]:
    """Return the steps that a given viewer may read, independent of the current viewer."""
    return Step.as_read_by(viewer)


def is_readable_by(viewer: Viewer) -> Q:
    """Return the condition that a given viewer may read a process."""
    return ProcessInstance.readable(viewer)


def unread_notifications(viewer: Viewer) -> QuerySet[Notification]:
    """Return the unread notifications for the viewer: to him, and to his organisation about what waits for him.

    For a key, they are those to the organisation and of missed deadlines, but not what people follow.
    """
    condition = for_person(viewer) if viewer.person else Q(person=None) | Q(path="")
    return Notification.objects.filter(condition, owner=viewer.organization, read_at=None)


def count_unread(viewer: Viewer, most: int) -> CappedCount:
    """Return how many unread notifications are for the viewer, up to a maximum.

    Of those to the organisation only the latest are looked at: a page must not wait for thousands that are for others.
    """
    latest = Notification.objects.filter(owner=viewer.organization, read_at=None).order_by("-urgent", "-at")
    if not latest.order_by().exists():  # by far cheaper than the condition of those for the viewer
        return CappedCount(0)
    rows = unread_notifications(viewer)
    personal = Q(person=viewer.person) if viewer.person else Q(pk=None)
    return count_capped(rows.filter(personal | Q(pk__in=latest.values("pk")[:_LATEST_UNREAD])), most)


def undelivered_notices(viewer: Viewer) -> QuerySet[SubjectNotice]:
    """Return the notices that the viewer's organisation has written and not delivered yet."""
    return SubjectNotice.objects.filter(owner=viewer.organization, delivered_at=None)


def own_notices(viewer: Viewer) -> QuerySet[SubjectNotice]:
    """Return the notices that the viewer's organisation has written."""
    return SubjectNotice.objects.filter(owner=viewer.organization)


def find_notice(number: int) -> SubjectNotice | None:
    """Return a notice to a person concerned by its primary key, or None if it was deleted."""
    return _UNSCOPED.rows(SubjectNotice).filter(pk=number).first()


def mask_subject(instance: ProcessInstance) -> str:
    """Return the masked value of the subject that a process is about, "" if there is none."""
    return subject_hooks().masked_values([instance.about]).get(instance.about, "") if instance.about else ""


def own_false_disposals(viewer: Viewer) -> QuerySet[FalseDisposal]:
    """Return the false disposals of the viewer's organisation."""
    return FalseDisposal.objects.filter(owner=viewer.organization)


def awaits_documents(ref: str) -> bool:
    """Return whether documents of a process (reference) are still to be issued."""
    waiting = OutboxItem.objects.filter(effect=Effect.ISSUE_DOCUMENTS.value, state=OutboxState.WAITING)
    return waiting.filter(instance__ref=ref).exists()


def has_later_effect(item: OutboxItem, effect: str) -> bool:
    """Return whether a later step of the process requested an effect."""
    return OutboxItem.objects.filter(instance=item.instance, effect=effect, step__gt=item.step).exists()


def late_legs(rows: QuerySet[Leg], now: datetime) -> QuerySet[Leg]:
    """Return the open legs that are late, independent of who must act."""
    return rows.filter(Q(due_at__lt=now) | Q(late_since__isnull=False), ended_at=None)


def is_late(now: datetime) -> Q:
    """Return the condition that a running process is late, or has a late leg that the reader may see."""
    passed = _UNSCOPED.rows(ProcessInstance).filter(ended_at=None, late_since__isnull=False).values("pk")
    waiting = Timer.objects.filter(state=TimerStatus.WAITING, due_at__lt=now, leg="").values("instance")
    return Q(pk__in=passed.union(waiting, late_legs(Leg.objects.all(), now).values("instance")), ended_at=None)


def missed_by_receiver(processes: Mapping[str, Process], now: datetime) -> Exists:
    """Return the condition that a leg's receiver missed a deadline; deadlines of others do not count."""
    own_deadline = Q(pk=None)
    for name, process in processes.items():
        if process.legs:
            own_deadline |= Q(instance__process=name, deadline__in=receiver_deadlines(process.legs))
    passed = Q(state=TimerStatus.FIRED) | Q(state=TimerStatus.WAITING, due_at__lt=now)
    return Exists(Timer.objects.filter(own_deadline, passed, instance=OuterRef("instance"), leg=OuterRef("name")))


def receiver_deadlines(legs: Legs) -> list[str]:
    """Return the deadlines of legs that run while the receiver has to act."""
    receiver_states = {
        state
        for event in legs.events.values()
        for state in event.sources
        if any(role.startswith("receiver") for role in event.who)
    }
    return [name for name, deadline in legs.deadlines.items() if receiver_states.intersection(deadline.during)]
