"""Open processes: directly, for another organisation, or as the follow-up of another process."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.command.organizations.selectors import get_organization
from fanzha.command.processes.forms import organizations_of_kinds
from fanzha.command.processes.hooks import COMPUTED_WORDS, find_computed
from fanzha.command.processes.models import FollowUp, ProcessInstance, Step
from fanzha.command.processes.parties import to_actor, to_party
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.processes.services import About
from fanzha.command.web.viewer import Viewer
from fanzha.processes.engine import openings, opens_for_others
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.parties import Actor
from fanzha.processes.process import Process
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.situation import Offer

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


_COMPUTED_TITLE = Words("标题由系统生成，请勿填写", "the system writes the title; leave it empty")


class FollowUpRow(NamedTuple):
    """A follow-up process as the page shows it; `begin` are the events by which the viewer may open it."""

    follow_up: FollowUp
    title: Words
    begin: list[Offer]


def present_follow_ups(instance: ProcessInstance, viewer: Viewer) -> list[FollowUpRow]:
    """Return the follow-up processes of an instance; only the owner's people see them."""
    rows = list(FollowUp.objects.filter(instance=instance).select_related("opened"))
    if not rows:
        return []
    owner, actor = to_party(instance.owner), to_actor(viewer)
    processes = load_processes()
    return [
        FollowUpRow(
            row,
            processes[row.process].title,
            [] if row.opened else [offer for offer in openings(processes[row.process], owner, actor) if offer.allowed],
        )
        for row in rows
        if row.process in processes
    ]


def follow_up_about(follow_up: FollowUp) -> About:
    """Return the subject of a follow-up process: that of the process before."""
    before = follow_up.instance
    return About(
        before.about_kind, before.about, before.campaign, before.title, Marking(before.marking), before.simulated
    )


def prefill_values(follow_up: FollowUp, evidence_fields: dict[str, EvidenceField]) -> dict[str, Any]:
    """Return initial values for the fields that the process before has under the same name.

    Files, organisations, people and moments are not copied; process fields get the process before.
    """
    earlier_values = {"": ""} | {
        name: value
        for step in Step.objects.filter(instance=follow_up.instance).order_by("number")
        for name, value in (step.evidence | step.personal).items()
    }
    not_copied = (FieldType.FILE, FieldType.ORGANIZATION, FieldType.PERSON, FieldType.MOMENT)
    prefilled = {
        name: earlier_values[name]
        for name, field in evidence_fields.items()
        if name in earlier_values and field.type not in not_copied
    }
    prefilled |= {
        name: follow_up.instance.ref for name, field in evidence_fields.items() if field.type is FieldType.PROCESS
    }
    return {name: "\n".join(map(str, value)) if isinstance(value, list) else value for name, value in prefilled.items()}


def complete_opening(
    process: str, event: str, evidence: Mapping[str, Any], about: About, title: str = ""
) -> tuple[dict[str, Any], About]:
    """Return the evidence and the subject of a new process with what the service computes.

    `evidence` and `title` are what the user gave. Raise Refusal for a value that the service computes otherwise.
    """
    computed = find_computed(process, event)
    if computed is None:
        return dict(evidence), replace(about, title=title or about.title)
    own = {name: value for name, value in evidence.items() if name not in computed.names}
    values = computed.values(own)
    wrong = [name for name in computed.names if name in evidence and evidence[name] != values.get(name)]
    if wrong:
        raise Refusal(Reason.EVIDENCE, COMPUTED_WORDS, fields=dict.fromkeys(wrong, COMPUTED_WORDS))
    if computed.title is None:
        return {**own, **values}, replace(about, title=title or about.title)
    computed_title = computed.title(own)
    if title and title != computed_title:
        raise Refusal(Reason.EVIDENCE, _COMPUTED_TITLE)
    return {**own, **values}, replace(about, title=computed_title)


def list_openings(process: Process, owner: "Organization", actor: Actor) -> list[Offer]:
    """Return the events that open a process: allowed if the actor may open it for any organisation."""
    for_others = opens_for_others(process, actor)
    return [
        msgspec.structs.replace(offer, why_not=None) if offer.event in for_others else offer
        for offer in openings(process, to_party(owner), actor)
    ]


def possible_owners(
    process: Process, event: str, viewer: Viewer, follow_up: FollowUp | None = None
) -> "list[Organization]":
    """Return the organisations for which a viewer may open a process, his own first; only his own if he may not."""
    own_organization, actor = get_organization(viewer.organization), to_actor(viewer)
    owners = [
        own_organization
        for offer in openings(process, to_party(own_organization), actor)
        if offer.event == event and offer.allowed
    ]
    if follow_up is None and event in opens_for_others(process, actor):
        owners += organizations_of_kinds(process.owners).exclude(pk=own_organization.pk)
    return owners or [own_organization]
