"""Select the open work of an organisation and of one person: campaigns and processes, with who works on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from fanzha.base.ids import short_code
from fanzha.base.words import Words
from fanzha.command.campaigns.selectors import due_at, find_campaigns
from fanzha.command.organizations.selectors import all_people, current_members
from fanzha.command.processes.selectors import URGENT, find_instances, find_legs
from fanzha.command.shifts.models import ProcessAssignment
from fanzha.command.shifts.services import CAMPAIGN, PROCESS
from fanzha.command.web.roles import DECIDERS, Role
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from fanzha.command.campaigns.models import Campaign
    from fanzha.command.organizations.models import Person
    from fanzha.command.processes.models import ProcessInstance

#: Items of each kind that are read, the hottest campaigns and the most urgent processes.
MOST = 300
#: Roles whose people are columns of the board, also without a card.
WORKERS = (*DECIDERS, Role.EXECUTOR, Role.CLERK, Role.INSPECTOR)


@dataclass(frozen=True)
class WorkItem:
    """A campaign or process that is open; `person` is the primary key of who works on it."""

    kind: str
    ref: str
    title: Words
    url: str
    due: datetime | None
    is_late: bool
    person: int | None
    revision: int
    note: str = ""
    snoozed_until: datetime | None = None

    @property
    def key(self) -> str:
        """Return kind and ref in one text."""
        return f"{self.kind}:{self.ref}"


def colleagues(viewer: Viewer) -> QuerySet[Person]:
    """Return the people of the organisation who can be assigned work, by name."""
    return current_members(viewer.organization, *WORKERS).order_by("name", "pk")


def deciders(viewer: Viewer) -> QuerySet[Person]:
    """Return the people of the organisation who can be assigned campaigns, by name."""
    return current_members(viewer.organization, *DECIDERS).order_by("name", "pk")


def people_by_key(keys: Iterable[int]) -> Mapping[int, Person]:
    """Return people by primary key."""
    return {person.pk: person for person in all_people().filter(pk__in=list(keys))}


def open_items(
    viewer: Viewer, now: datetime, *, person: int | None = None, with_snoozed: bool = False
) -> list[WorkItem]:
    """Return what is open in the viewer's organisation, or only what a person (primary key) works on."""
    states = ("open", "snoozed") if with_snoozed else ("open",)
    campaigns = find_campaigns().filter(owner=viewer.organization, state__in=states)
    instances = _to_do(viewer)
    assignments = ProcessAssignment.objects.filter(owner=viewer.organization)
    if person is not None:
        campaigns = campaigns.filter(assignee=person)
        instances = instances.filter(pk__in=assignments.filter(person=person).values("instance"))
    rows = list(instances.select_related("version").order_by(URGENT, "-pk")[:MOST])
    held = {row.instance_id: row for row in assignments.filter(instance__in=[one.pk for one in rows])}
    return [
        *(_campaign_item(campaign, now) for campaign in campaigns.order_by("-heat", "-pk")[:MOST]),
        *(_process_item(instance, held.get(instance.pk), now) for instance in rows),
    ]


def _to_do(viewer: Viewer) -> QuerySet[ProcessInstance]:
    """Return the open processes that the organisation owns, or in which it has an open leg."""
    own_leg = find_legs().filter(instance=OuterRef("pk"), receiver=viewer.organization, ended_at=None)
    return find_instances().filter(Q(owner=viewer.organization) | Q(Exists(own_leg)), ended_at=None)


def _campaign_item(campaign: Campaign, now: datetime) -> WorkItem:
    due = due_at(campaign)
    return WorkItem(
        kind=CAMPAIGN,
        ref=campaign.ref,
        title=campaign.title,
        url=reverse("campaign", args=[campaign.ref]),
        due=due,
        is_late=due is not None and due < now,
        person=campaign.assignee_id,
        revision=campaign.revision,
        note=campaign.note,
        snoozed_until=campaign.snoozed_until if campaign.state == "snoozed" else None,
    )


def _process_item(instance: ProcessInstance, assignment: ProcessAssignment | None, now: datetime) -> WorkItem:
    title, due = instance.version.process.title, instance.clock_at
    own = instance.title or short_code(instance.ref)
    return WorkItem(
        kind=PROCESS,
        ref=instance.ref,
        title=Words(f"{title.zh} · {own}", f"{title.en} · {own}"),
        url=reverse("process", args=[instance.ref]),
        due=due,
        is_late=due is not None and due < now,
        person=assignment.person_id if assignment else None,
        revision=instance.revision,
        note=assignment.note if assignment else "",
    )


@dataclass(frozen=True)
class HandedItem:
    """An item of a hand-over with its note; `item` is None if it is no longer open or readable."""

    ref: str
    note: str
    item: WorkItem | None


def describe_items(items: Iterable[Mapping[str, str]], viewer: Viewer, now: datetime) -> list[HandedItem]:
    """Return the items of a hand-over as they are now."""
    listed = list(items)
    refs = {kind: [one["ref"] for one in listed if one["kind"] == kind] for kind in (CAMPAIGN, PROCESS)}
    campaigns = find_campaigns().filter(owner=viewer.organization, ref__in=refs[CAMPAIGN])
    instances = find_instances().filter(ref__in=refs[PROCESS]).select_related("version")
    found = {campaign.ref: _campaign_item(campaign, now) for campaign in campaigns}
    found |= {instance.ref: _process_item(instance, None, now) for instance in instances}
    return [HandedItem(one["ref"][-6:], one["note"], found.get(one["ref"])) for one in listed]
