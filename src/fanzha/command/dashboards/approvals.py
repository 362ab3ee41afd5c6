"""What needs a second person: emergencies first; one's own cases stand there too, and say why one may not decide."""

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
    """Return what waits for a second person: emergencies that wait to be confirmed, and the rest."""
    emergencies: list[ListRow] = []
    others: list[ListRow] = []
    somebody_else = structs.replace(actor, person="somebody else")
    for instance in own_instances(viewer, _second_person_states(load_processes()))[:MAX_CANDIDATES]:
        process = instance.version.process
        wanted = {one.event for one in _second_person_steps(instance, somebody_else) if one.allowed}
        if not wanted:
            continue
        steps = [one for one in _second_person_steps(instance, actor) if one.event in wanted]
        (emergencies if _has_ratification(process, steps) else others).append(_row(instance, steps))
    return emergencies[:MAX_ROWS], others[:MAX_ROWS]


def _second_person_steps(instance: ProcessInstance, actor: Actor) -> list[Offer]:
    """Return the steps that another person has to take than took the step before."""
    events = instance.version.process.events
    return [one for one in offers(instance, actor) if not one.leg and events[one.event].other_than]


def _row(instance: ProcessInstance, steps: list[Offer]) -> ListRow:
    allowed = [one for one in steps if one.allowed]
    barred = next((one.why_not for one in steps if one.why_not), None)
    return instance_row(instance, allowed, localize(barred) if barred and not allowed else "")


def _has_ratification(process: Machine, steps: list[Offer]) -> bool:
    ratifying = {event.emergency.ratified_by for event in process.events.values() if event.emergency}
    return any(one.event in ratifying for one in steps)


def _second_person_states(processes: Mapping[str, Process]) -> Q:
    """Return where a second person may be waited for: in the states that his events start from."""
    found = Q(pk=None)
    for name, process in processes.items():
        states = {state for event in process.events.values() if event.other_than for state in event.sources}
        if states:
            found |= Q(process=name, state__in=states)
    return found
