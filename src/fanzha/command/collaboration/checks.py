"""Subscribe who takes a step of a process, and notify the other subscribers of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.command.collaboration.discussion_topics import PROCESS, process_title
from fanzha.command.collaboration.services import notify_subscribers, subscribe_by_ref, subscribed_organizations
from fanzha.command.organizations.selectors import build_viewer, get_organization
from fanzha.command.processes.selectors import steps_readable_by
from fanzha.command.processes.services import EVERY_PROCESS

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance
    from fanzha.processes.situation import Change, StepRecord

CHECKS: dict[str, object] = {}


def follow_steps(instance: ProcessInstance, change: Change) -> None:
    """Subscribe those who took the steps of a change, and notify subscribers whose organisations may read them."""
    numbers = [step.number for step in change.steps]
    readable: dict[int, set[int]] = {}
    for step in change.steps:
        actor = subscribe_by_ref(PROCESS, instance.ref, step.organization, step.person, from_ms(step.at))
        organizations = subscribed_organizations(instance.ref)
        for pk in organizations - readable.keys():
            readable[pk] = _readable_numbers(instance, numbers, pk)
        if readers := [pk for pk in organizations if step.number in readable[pk]]:
            _notify(instance, step, readers, actor)


def _readable_numbers(instance: ProcessInstance, numbers: list[int], organization: int) -> set[int]:
    """Return which steps of a process, by their numbers, an organisation (primary key) may read."""
    viewer = build_viewer(get_organization(organization), frozenset(), None)
    steps = steps_readable_by(viewer).filter(instance=instance, number__in=numbers)
    return set(steps.values_list("number", flat=True))


def _notify(instance: ProcessInstance, step: StepRecord, organizations: list[int], actor: int | None) -> None:
    machine = instance.version.process.machine_for(step.event)
    event = machine.events[step.event].title if machine else Words(step.event, step.event)
    title = process_title(instance)
    words = Words(f"{title.zh}：{event.zh}", f"{title.en}: {event.en}")
    path = reverse("process", args=[instance.ref])
    key = f"step:{instance.ref}:{step.number}"
    notify_subscribers(
        instance.ref, words, path=path, key=key, at=from_ms(step.at), organizations=organizations, but=[actor]
    )


WRITERS = {EVERY_PROCESS: follow_steps}
