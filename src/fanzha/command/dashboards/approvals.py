"""Processes that wait for a second person, including own cases with the reason why the viewer may not decide."""

from collections.abc import Mapping

from django.db.models import Q
from msgspec import structs

from fanzha.command.dashboards.work_queue import MAX_CANDIDATES, MAX_ROWS, instance_row, own_instances
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.processes.services import offers
from fanzha.command.web.components import ListRow
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer
from fanzha.processes.parties import Actor
from fanzha.processes.process import Machine, Process
from fanzha.processes.situation import Offer


def list_approvals(viewer: Viewer, actor: Actor) -> tuple[list[ListRow], list[ListRow]]:
    """Return the processes that wait for a second person: emergencies to confirm, and others."""
    emergencies: list[ListRow] = []
    regular: list[ListRow] = []
    somebody_else = structs.replace(actor, person="somebody else")
    for instance in own_instances(viewer, _second_person_states(load_processes()))[:MAX_CANDIDATES]:
        process = instance.version.process
        events = {offer.event for offer in _second_person_steps(instance, somebody_else) if offer.allowed}
        if not events:
            continue
        steps = [offer for offer in _second_person_steps(instance, actor) if offer.event in events]
        (emergencies if _has_ratification(process, steps) else regular).append(_row(instance, steps))
    return emergencies[:MAX_ROWS], regular[:MAX_ROWS]


def _second_person_steps(instance: ProcessInstance, actor: Actor) -> list[Offer]:
    """Return the steps that a person other than the previous actor must take."""
    events = instance.version.process.events
    return [offer for offer in offers(instance, actor) if not offer.leg and events[offer.event].other_than]


def _row(instance: ProcessInstance, steps: list[Offer]) -> ListRow:
    allowed = [offer for offer in steps if offer.allowed]
    barred = next((offer.why_not for offer in steps if offer.why_not), None)
    return instance_row(instance, allowed, localize(barred) if barred and not allowed else "")


def _has_ratification(process: Machine, steps: list[Offer]) -> bool:
    ratifying = {event.emergency.ratified_by for event in process.events.values() if event.emergency}
    return any(offer.event in ratifying for offer in steps)


def _second_person_states(processes: Mapping[str, Process]) -> Q:
    """Return the condition that a process is in a state that may wait for a second person."""
    condition = Q(pk=None)
    for name, process in processes.items():
        states = {state for event in process.events.values() if event.other_than for state in event.sources}
        if states:
            condition |= Q(process=name, state__in=states)
    return condition
