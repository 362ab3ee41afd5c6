"""Find the subjects that a running process is about: those named in its steps, else the one it was opened for.

The `kind` of an evidence field is the kind of the named subject; `standing: subject` makes the process about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, Min, OuterRef, Q, Subquery

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.organizations.services import DisclosurePool, DisclosureRequest, record_disclosure
from fanzha.command.processes.selectors import find_instances, find_steps
from fanzha.command.processes.services import StepAttempt, set_subject
from fanzha.command.subjects.canonical import CanonicalValue, canonicalize, mask_value
from fanzha.command.subjects.disclosure_candidates import build_candidate
from fanzha.command.subjects.models import FindingRow, Presence, Subject
from fanzha.command.subjects.registry import get_or_create_subjects
from fanzha.command.subjects.subject_roles import (
    SECOND_PERSON_WORDS,
    VICTIM_WORDS,
    VictimThings,
    find_victims,
    names_victim,
)
from fanzha.command.web.scoping import current_viewer, unscoped
from fanzha.kinds import all_kinds
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.parties import Actor, PartyRole
from fanzha.processes.process import DataCategory, Event, Process
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.processes.models import ProcessInstance

#: The evidence of an opening event that says since when the person is known to be in danger.
FOUND_AT = "found_at"
#: Kinds of the values by which systems of record name what they limit, where a mirrored process names no kind.
_RECORD_KINDS = ("phone_number", "sim_card", "device")
_UNSCOPED = unscoped("a process names subjects that its actor may not read yet")


def check_subjects(fields: Mapping[str, EvidenceField], evidence: Mapping[str, Any]) -> None:
    """Raise Refusal naming a field in which something is no value of the kind that it names."""
    for name, field in fields.items():
        kind = field.kind_of(evidence)
        for value in _values(field, evidence.get(name)) if kind else ():
            try:
                canonicalize(kind, value)
            except Malformed:
                title = all_kinds()[kind].title
                why = Words(f"不是有效的{title.zh}", f"not a {title.en}")
                words = Words(f"证据有误：{field.title.zh}：{why.zh}", f"evidence: {field.title.en}: {why.en}")
                raise Refusal(Reason.EVIDENCE, words, fields={name: why}) from None


def check_roles(process: Process, attempt: StepAttempt, actor: Actor, about: str = "") -> None:
    """Raise Refusal if a step aims a process that limits somebody at a victim, or limits one alone who is both.

    Subjects are checked when they are named and before a limit begins. Findings that come in later do not end a limit
    in force, since they could be staged. A mirrored process may name its line without a standing, long before there is
    a limit: that is checked when the limit begins. A second person is required of people only: an import reports what
    the system of record has done. A refusal discloses findings of all organisations, so the values are charged then.
    A step of a leg that forwards it to a further receiver extends the limit to the subjects that it names.
    """
    machine = process.machine_for(attempt.event)
    if machine is None or PartyRole.SYSTEM in actor.party_roles or not _can_limit(process):
        return
    event = machine.events[attempt.event]
    if machine is process.legs:
        forwarded = dict.fromkeys(_forwarded_values(event, attempt.evidence))
        if forwarded and find_victims([value.thing for value in forwarded]).only:
            fields = [name for name, field in event.evidence.items() if field.type is FieldType.SUBJECT]
            raise _refusal(process, forwarded, VICTIM_WORDS, fields)
        return
    values = dict.fromkeys(_subject_values(event.evidence, attempt.evidence))
    if process.data is DataCategory.MIRRORED and _is_limited_after(process, event, attempt.instance):
        values |= dict.fromkeys(_record_values(event.evidence, attempt.evidence))
    begins = _begins_limit(process, event, attempt.instance)
    if attempt.instance is not None and begins:
        values |= dict.fromkeys(_values_of_steps(attempt.instance))
        if process.data is DataCategory.MIRRORED:
            values |= dict.fromkeys(_recorded_values(attempt.instance))
        about = attempt.instance.about
    if not values and (opened_on := _UNSCOPED.rows(Subject).filter(ref=about).first() if about else None):
        values = {CanonicalValue(opened_on.kind, opened_on.value, opened_on.shown): None}
    victims = find_victims([value.thing for value in values]) if values else VictimThings(frozenset(), frozenset())
    is_alone = begins and bool(victims.partly) and not actor.is_machine and _decides_alone(event, attempt, actor)
    if not victims.only and not is_alone:
        return
    fields = [name for name, field in event.evidence.items() if field.party_role is PartyRole.SUBJECT]
    raise _refusal(process, values, VICTIM_WORDS if victims.only else SECOND_PERSON_WORDS, fields)


def _refusal(process: Process, values: Iterable[CanonicalValue], why: Words, fields: Iterable[str]) -> Refusal:
    """Return the refusal of a step that names these values, and charge the actor for the disclosure."""
    if (viewer := current_viewer()) is not None:
        candidates = [build_candidate(value) for value in values]
        record_disclosure(viewer, DisclosureRequest("targets", DisclosurePool.LISTED, candidates, process.name))
    return Refusal(Reason.EVIDENCE, why, fields=dict.fromkeys(fields, why))


def _forwarded_values(event: Event, evidence: Mapping[str, Any]) -> list[CanonicalValue]:
    """Return what a step of a leg names that forwards it. Raise Malformed for an invalid value of a kind."""
    if not event.forwards_to:
        return []
    return [
        canonicalize(kind, value)
        for name, field in event.evidence.items()
        if (kind := field.kind_of(evidence))
        for value in _values(field, evidence.get(name))
    ]


def opening_values(
    owner: Organization, event: Event, evidence: Mapping[str, Any], about: str, at: int
) -> Mapping[str, Any]:
    """Return `found_at` for an event that requires it: when the first finding that names the victim was received.

    It is the moment of opening (`at`, UTC ms) if the owner has no such finding that still holds, or if an earlier
    process has answered it. Values that cannot be read are left to the checks of the step.
    """
    if FOUND_AT not in event.evidence:
        return {}
    try:
        things = {value.thing for value in _subject_values(event.evidence, evidence)}
    except Malformed:
        things = set()
    if not things and about:
        things = set(_UNSCOPED.rows(Subject).filter(ref=about).values_list("thing", flat=True))
    first = first_found_at(things, owner.pk, from_ms(at))
    return {FOUND_AT: min(to_ms(first), at) if first else at}


def first_found_at(things: Iterable[str], owner_id: int, now: datetime) -> datetime | None:
    """Return when the first finding of an owner that names a victim now was received; None if there is none.

    Findings received before the end of a process about the subject were answered by it.
    """
    rows = _UNSCOPED.rows(FindingRow).filter(
        FindingRow.standing(), names_victim(), owner=owner_id, subject__thing__in=list(things), valid_until__gt=now
    )
    ended = (
        find_instances(_UNSCOPED)
        .filter(about=OuterRef("subject__ref"), owner=owner_id, ended_at__isnull=False)
        .order_by("-ended_at")
        .values("ended_at")[:1]
    )
    unanswered = rows.annotate(ended=Subquery(ended)).filter(Q(ended=None) | Q(came_in_at__gt=F("ended")))
    first: datetime | None = unanswered.aggregate(first=Min("came_in_at"))["first"]
    return first


def _can_limit(process: Process) -> bool:
    return any(state.limiting for state in process.states.values())


def _is_limited_after(process: Process, event: Event, instance: ProcessInstance | None) -> bool:
    return process.states[event.to or (instance.state if instance else "")].limiting


def _begins_limit(process: Process, event: Event, instance: ProcessInstance | None) -> bool:
    if not event.to or not process.states[event.to].limiting:
        return False
    return instance is None or not process.states[instance.state].limiting


def _decides_alone(event: Event, attempt: StepAttempt, actor: Actor) -> bool:
    """Return whether no other person than this one has seen what the limit rests on."""
    if attempt.instance is None or event.emergency is not None or actor.is_key:
        return True
    return any(actor.acted_as(step.get("person", "")) for step in attempt.instance.situation["history"])


def _values_of_steps(instance: ProcessInstance) -> list[CanonicalValue]:
    """Return the values of the subjects that the steps name. Raise Malformed for an invalid value of a kind."""
    values: list[CanonicalValue] = []
    for step in find_steps(_UNSCOPED).filter(instance=instance, leg="").order_by("number"):
        event = instance.version.process.events.get(step.event)
        values += _subject_values(event.evidence if event else {}, {**step.evidence, **step.personal})
    return values


def _recorded_values(instance: ProcessInstance) -> list[CanonicalValue]:
    """Return what the steps of a mirrored process name without a standing, such as its card."""
    process, values = instance.version.process, list[CanonicalValue]()
    for step in find_steps(_UNSCOPED).filter(instance=instance, leg="").order_by("number"):
        event = process.events.get(step.event)
        values += _record_values(event.evidence if event else {}, {**step.evidence, **step.personal})
    return values


def _record_values(fields: Mapping[str, EvidenceField], evidence: Mapping[str, Any]) -> list[CanonicalValue]:
    """Return the values of subject fields without a standing, as every kind of line that they can be read as."""
    values: list[CanonicalValue] = []
    for name, field in fields.items():
        if field.party_role is None:
            kind = field.kind_of(evidence)
            for value in _values(field, evidence.get(name)):
                values += _readable_values((kind,) if kind else _RECORD_KINDS, value)
    return values


def _readable_values(kinds: Iterable[str], value: str) -> Iterator[CanonicalValue]:
    for kind in kinds:
        with suppress(Malformed):
            yield canonicalize(kind, value)


def select_process_subjects(instance: ProcessInstance, at: datetime) -> list[Subject]:
    """Get or create the subjects. Raise Malformed for an invalid value of a kind."""
    values = _values_of_steps(instance)
    opened_on = _UNSCOPED.rows(Subject).filter(ref=instance.about).first() if instance.about else None
    if not values:
        return [opened_on] if opened_on else []
    # Of a re-issued number, use the holder period of the subject that the process was opened on.
    holder_from = opened_on.holder_from if opened_on else None
    opened_key = (opened_on.kind, opened_on.value) if opened_on else None
    requests = [
        (value, at, holder_from if (value.kind, value.value) == opened_key else None) for value in dict.fromkeys(values)
    ]
    return list(_UNSCOPED.rows(Subject).filter(pk__in=get_or_create_subjects(requests, at)).order_by("pk"))


def set_about(
    instance: ProcessInstance, fields: Mapping[str, EvidenceField], evidence: Mapping[str, Any], at: datetime
) -> None:
    """Set the subject of a process if a step names exactly one, and add presence for the owner."""
    values = list(dict.fromkeys(_subject_values(fields, evidence)))
    if len(values) != 1:
        return
    (key,) = get_or_create_subjects([(values[0], at, None)], at)
    subject = _UNSCOPED.rows(Subject).get(pk=key)
    set_subject(instance, subject.kind, subject.ref)
    _UNSCOPED.rows(Presence).get_or_create(
        subject=subject,
        owner=instance.owner,
        marking=instance.marking,
        defaults={"first_at": at, "last_at": at},
    )


def subject_value(ref: str) -> tuple[str, str] | None:
    """Return the kind and canonical value of a subject; None if there is none, and for persons: theirs is a hash."""
    subject = _UNSCOPED.rows(Subject).filter(ref=ref).exclude(kind="person").first() if ref else None
    return (subject.kind, subject.value) if subject is not None and subject.value else None


def masked_values(refs: Iterable[str]) -> dict[str, str]:
    """Return the masked value of each subject by its ref."""
    subjects = _UNSCOPED.rows(Subject).filter(ref__in=list(refs))
    return {subject.ref: mask_value(subject.kind, subject.value, subject.shown) for subject in subjects}


def _subject_values(fields: Mapping[str, EvidenceField], evidence: Mapping[str, Any]) -> list[CanonicalValue]:
    return [
        canonicalize(kind, value)
        for name, field in fields.items()
        if field.party_role is PartyRole.SUBJECT and (kind := field.kind_of(evidence))
        for value in _values(field, evidence.get(name))
    ]


def _values(field: EvidenceField, value: Any) -> list[str]:
    if field.type is not FieldType.SUBJECT or value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
