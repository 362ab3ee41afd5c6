"""Dashboards of executors, reviewers, liaison officers and clerks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import structs

from fanzha.command.dashboards.dashboard import Dashboard
from fanzha.command.dashboards.file_approvals import file_approvals
from fanzha.command.dashboards.work_queue import (
    MAX_CANDIDATES,
    MAX_ROWS,
    instance_row,
    instances_to_do,
    late_outstanding_legs,
    legs_to_do,
    legs_waiting,
    outstanding_legs,
    own_instances,
    present_outstanding_legs,
)
from fanzha.command.detection_rules.selectors import may_approve, open_requests, present_request
from fanzha.command.notices.selectors import READERS, count_to_deliver
from fanzha.command.number_tags.selectors import list_open_disputes
from fanzha.command.organizations.selectors import get_organization
from fanzha.command.processes.selectors import (
    URGENT,
    find_instances,
    late_legs,
    list_offers,
    list_openings,
    load_processes,
)
from fanzha.command.web.components import ActionButton, EmptyState, KeyFigure, Listing, ListRow
from fanzha.command.web.counts import count_capped
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer
from fanzha.processes.parties import Actor
from fanzha.processes.process import Event, Machine, Process
from fanzha.processes.situation import Offer

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

#: Executors see more rows than other roles.
_MAX_EXECUTOR_ROWS = 15
#: The process of inspections; its first opening event draws the firms.
_INSPECTION = "supervision"


def executor_dashboard(viewer: Viewer, actor: Actor, now: datetime) -> Dashboard:
    """Return the dashboard of an executor: the legs that wait for him, by deadline, and how many they are."""
    rows = legs_waiting(viewer)
    waiting, late, notices = count_capped(rows), count_capped(late_legs(rows, now)), count_to_deliver(viewer)
    work = reverse("work")
    return Dashboard(
        (
            KeyFigure(str(waiting), _("received, waiting for you"), work),
            KeyFigure(str(late), _("of them late"), f"{work}?show=late", is_harm=bool(late)),
            KeyFigure(f"{notices:,}", _("notices to deliver"), reverse("subject_notices")),
        ),
        (
            Listing(
                _("Waiting for you"),
                legs_to_do(viewer, actor, _MAX_EXECUTOR_ROWS),
                EmptyState(_("Nothing that was received is waiting for you.")),
                work,
                ident="to-do",
            ),
        ),
    )


def reviewer_dashboard(viewer: Viewer, actor: Actor, now: datetime) -> Dashboard:
    """Return the dashboard of a reviewer: emergencies and other approvals, appeals, files and late legs."""
    emergencies, regular = list_approvals(viewer, actor)
    return Dashboard(
        (
            KeyFigure(
                f"{len(emergencies):,}", _("emergency orders to ratify"), "#emergencies", is_harm=bool(emergencies)
            ),
            KeyFigure(f"{len(regular):,}", _("waiting for a second person"), "#approvals"),
        ),
        (
            Listing(
                _("Emergency orders waiting for a second person"),
                emergencies,
                EmptyState(_("There are no emergency orders."), "shield"),
                ident="emergencies",
            ),
            Listing(
                _("Waiting for a second person"),
                regular[:MAX_ROWS],
                EmptyState(_("Nothing is waiting for a second person.")),
                ident="approvals",
            ),
            Listing(
                _("Appeals waiting for you"),
                list_appeals(actor),
                EmptyState(_("No appeals are waiting for you.")),
                ident="appeals",
            ),
            *file_approvals(viewer),
            *_rule_requests(viewer),
            *_tag_disputes(viewer),
            Listing(
                _("Late at other organisations"),
                late_outstanding_legs(viewer, now),
                EmptyState(_("No other organisation is late.")),
                ident="late",
            ),
        ),
    )


def _rule_requests(viewer: Viewer) -> tuple[Listing, ...]:
    """Return the promotions of rules that the viewer can approve; nothing if there are none."""
    rows = [present_request(request) for request in open_requests()[:MAX_ROWS] if may_approve(request, viewer)]
    title, url = _("Rules waiting for a second person"), reverse("detection_rules")
    return (Listing(title, rows, EmptyState(""), url, ident="rules"),) if rows else ()


def _tag_disputes(viewer: Viewer) -> tuple[Listing, ...]:
    """Return the disputes of tags that the organisation has to decide; nothing if there are none."""
    rows = list_open_disputes(viewer, MAX_ROWS)
    title, url = _("Disputes of number tags to decide"), reverse("tag_disputes")
    return (Listing(title, rows, EmptyState(""), url, ident="tag-disputes"),) if rows else ()


def liaison_dashboard(viewer: Viewer, actor: Actor, now: datetime) -> Dashboard:
    """Return the dashboard of a liaison officer: incoming legs, leads without feedback, own processes."""
    leads = outstanding_legs(viewer, instance__process="lead")
    return Dashboard(
        (),
        (
            Listing(
                _("Received and waiting for us"),
                legs_to_do(viewer, actor, _MAX_EXECUTOR_ROWS),
                EmptyState(_("Everything that came in has been answered.")),
                reverse("work"),
                ident="to-do",
            ),
            Listing(
                _("Leads awaiting feedback from others"),
                present_outstanding_legs(leads[:MAX_ROWS]),
                EmptyState(_("No feedback is outstanding.")),
                _process_list_url("lead"),
                ident="owed",
            ),
            _own_processes(viewer, actor),
        ),
    )


def _notice_figures(viewer: Viewer) -> Iterator[KeyFigure]:
    """Yield the number of notices to deliver, if the viewer may open their list."""
    if not viewer.has(*READERS):
        return
    notices = count_to_deliver(viewer)
    words = ngettext("notice to deliver", "notices to deliver", notices)
    yield KeyFigure(f"{notices:,}", words, reverse("subject_notices"))


def clerk_dashboard(viewer: Viewer, actor: Actor, now: datetime) -> Dashboard:
    """Return the dashboard of a clerk: open legs, notices if the role reads them, and own processes."""
    return Dashboard(
        tuple(_notice_figures(viewer)),
        (
            Listing(
                _("Waiting for you"),
                legs_to_do(viewer, actor),
                EmptyState(_("Nothing is waiting for you.")),
                reverse("work"),
                ident="to-do",
            ),
            _own_processes(viewer, actor),
        ),
    )


def inspector_dashboard(viewer: Viewer, actor: Actor, now: datetime) -> Dashboard:
    """Return the dashboard of an inspector: that of a clerk, with the ways to start an inspection."""
    process = load_processes()[_INSPECTION]
    offers = list_openings(process, get_organization(viewer.organization), actor)
    actions = tuple(
        ActionButton(
            _("Start an inspection") if index == 0 else localize(offer.title),
            reverse("process_open", args=[_INSPECTION, offer.event]),
            post=False,
            main=index == 0,
        )
        for index, offer in enumerate(offer for offer in offers if offer.allowed)
    )
    return clerk_dashboard(viewer, actor, now)._replace(actions=actions)


def _own_processes(viewer: Viewer, actor: Actor) -> Listing:
    rows = own_instances(viewer)[:MAX_CANDIDATES]
    empty = EmptyState(_("None of your organisation's processes is waiting for you."))
    return Listing(
        _("Your organisation's processes waiting for you"),
        instances_to_do(rows, actor),
        empty,
        _process_list_url(),
        ident="own",
    )


def _process_list_url(process: str = "") -> str:
    address = reverse("processes")
    return f"{address}?process={process}" if process else address


def list_approvals(viewer: Viewer, actor: Actor) -> tuple[list[ListRow], list[ListRow]]:
    """Return the processes that wait for a second person: emergencies to confirm, and others.

    Cases of the viewer are among them, with the reason why another person has to decide.
    """
    emergencies: list[ListRow] = []
    regular: list[ListRow] = []
    somebody_else = structs.replace(actor, person="somebody else")
    for instance in own_instances(viewer, _second_person_states(load_processes()))[:MAX_CANDIDATES]:
        process = instance.version.process
        events = {offer.event for offer in _second_person_steps(instance, somebody_else) if offer.allowed}
        if not events:
            continue
        steps = [offer for offer in _second_person_steps(instance, actor) if offer.event in events]
        (emergencies if _has_ratification(process, steps) else regular).append(_approval_row(instance, steps))
    return emergencies, regular


def list_appeals(actor: Actor) -> list[ListRow]:
    """Return the processes with an appeal that this person may decide now: of own measures, or as the regulator."""
    condition = _states(load_processes(), lambda event: event.decides_appeal)
    rows = find_instances().filter(condition, ended_at=None).select_related("version", "owner").order_by(URGENT, "pk")
    appeals: list[ListRow] = []
    for instance in rows[:MAX_CANDIDATES]:
        events = instance.version.process.events
        offers = [offer for offer in list_offers(instance, actor) if not offer.leg and offer.allowed]
        if steps := [offer for offer in offers if events[offer.event].decides_appeal]:
            appeals.append(instance_row(instance, steps))
    return appeals[:MAX_ROWS]


def _second_person_steps(instance: ProcessInstance, actor: Actor) -> list[Offer]:
    """Return the steps that a person other than the previous actor must take."""
    events = instance.version.process.events
    return [offer for offer in list_offers(instance, actor) if not offer.leg and events[offer.event].other_than]


def _approval_row(instance: ProcessInstance, steps: list[Offer]) -> ListRow:
    allowed = [offer for offer in steps if offer.allowed]
    barred = next((offer.why_not for offer in steps if offer.why_not), None)
    return instance_row(instance, allowed, localize(barred) if barred and not allowed else "")


def _has_ratification(process: Machine, steps: list[Offer]) -> bool:
    ratifying = {event.emergency.ratified_by for event in process.events.values() if event.emergency}
    return any(offer.event in ratifying for offer in steps)


def _second_person_states(processes: Mapping[str, Process]) -> Q:
    """Return the condition that a process is in a state that may wait for a second person."""
    return _states(processes, lambda event: bool(event.other_than))


def _states(processes: Mapping[str, Process], selects: Callable[[Event], bool]) -> Q:
    """Return the condition that a process is in a state that one of the selected events leaves."""
    condition = Q(pk=None)
    for name, process in processes.items():
        states = {state for event in process.events.values() if selects(event) for state in event.sources}
        if states:
            condition |= Q(process=name, state__in=states)
    return condition
