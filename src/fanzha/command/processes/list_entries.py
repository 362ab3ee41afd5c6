"""Entries of public lists: the listed party, the decision, the term, and whether the entry is in force."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone
from ninja import Field, Schema

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.command.processes.hooks import subject_hooks
from fanzha.command.processes.models import ListEntry, ProcessInstance, Step
from fanzha.command.processes.parties import select_named_organizations
from fanzha.command.processes.presenters import display_value
from fanzha.processes.evidence import EvidenceField as EvidenceField
from fanzha.processes.evidence import FieldType
from fanzha.processes.parties import PartyRole

#: The fact or evidence field that holds the moment at which an entry ends.
TERM_FIELD = "term_ends_at"
#: Types of the evidence fields that an entry publishes.
_PUBLISHED_TYPES = (FieldType.TEXT, FieldType.NUMBER, FieldType.MOMENT, FieldType.CHOICE, FieldType.YES_NO)


class ListEntryRow(NamedTuple):
    """One entry as the page shows it; subjects are masked, `process` is "" if the reader cannot read the process."""

    row: ListEntry
    title: Words
    listed_name: str
    facts: list[tuple[Words, Any]]
    process: str
    holds: bool


class ListEntryOut(Schema):
    """An entry of a list: the facts of its decision by field name, moments in UTC ms."""

    id: int
    process: str
    instance: str = Field(description="ref of the process that made it")
    owner: str = Field(description="ref of the organisation that keeps it")
    organization: str | None = Field(description="ref of the organisation that is listed")
    about: str = Field(description="ref of the subject that is listed, where it is no organisation")
    simulated: bool = Field(description="by an exercise")
    facts: dict[str, Any]
    listed_at: datetime
    until: datetime | None
    withdrawn_at: datetime | None

    @staticmethod
    def of(row: ListEntry) -> "ListEntryOut":
        """Return a row; its process, owner and organisation must have been selected with it."""
        plain = {name: getattr(row, name) for name in ("process", "about", "facts", "listed_at", "until")}
        return ListEntryOut(
            **plain,
            id=row.pk,
            instance=row.instance.ref,
            simulated=row.instance.simulated,
            owner=row.owner.ref,
            organization=row.organization.ref if row.organization else None,
            withdrawn_at=row.withdrawn_at,
        )


def in_force(now: datetime) -> Q:
    """Return the condition that an entry is in force."""
    return Q(withdrawn_at=None) & (Q(until=None) | Q(until__gt=now))


def present_entries(rows: Sequence[ListEntry]) -> list[ListEntryRow]:
    """Return entries for the page; version and organisations must be selected with the rows."""
    masks = subject_hooks().masked_values(row.about for row in rows if row.about)
    readable_refs = set(
        ProcessInstance.objects.filter(pk__in=[row.instance_id for row in rows]).values_list("ref", flat=True)
    )
    now = timezone.now()
    return [
        ListEntryRow(
            row,
            row.instance.version.process.title,
            str(row.organization) if row.organization else masks.get(row.about, ""),
            list(_display_facts(row)),
            row.instance.ref if row.instance.ref in readable_refs else "",
            row.withdrawn_at is None and (row.until is None or row.until > now),
        )
        for row in rows
    ]


def entry_columns(instance: ProcessInstance, event: str) -> dict[str, Any]:
    """Return the columns of the entry of a decision: its evidence, earlier choices, the listed party and the term."""
    process = instance.version.process
    step = Step.objects.filter(instance=instance, event=event, leg="").order_by("-number").first()
    choices = {name: value for name, value in instance.situation["facts"].items() if _field(instance, name).choices}
    facts = choices | ({} if step is None else step.evidence)
    concerned = select_named_organizations(instance, PartyRole.SUBJECT)
    until = facts.get(TERM_FIELD)
    return {
        "process": process.name,
        "about": instance.about,
        "organization": concerned[0] if concerned else None,
        "facts": {name: value for name, value in facts.items() if _field(instance, name).type in _PUBLISHED_TYPES},
        "until": from_ms(until) if isinstance(until, int) else None,
    }


def _display_facts(row: ListEntry) -> Iterator[tuple[Words, Any]]:
    for name, value in row.facts.items():
        field = _field(row.instance, name)
        if name != TERM_FIELD:
            yield field.title, display_value(field, value, {})


def _field(instance: ProcessInstance, name: str) -> EvidenceField:
    """Return a field of the process by its name."""
    events = instance.version.process.events.values()
    return next(event.evidence[name] for event in events if name in event.evidence)
