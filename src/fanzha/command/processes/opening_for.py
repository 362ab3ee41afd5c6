"""Whose a process may become that a viewer opens: his own organisation's, or another one's where his office may."""

import msgspec

from fanzha.command.organizations.models import Organization
from fanzha.command.processes.form_choices import of_kinds
from fanzha.command.processes.models import FollowUp
from fanzha.command.processes.parties import actor_of, party
from fanzha.command.web.viewer import Viewer
from fanzha.processes.engine import openings, opens_for_others
from fanzha.processes.parties import Actor
from fanzha.processes.process import Process
from fanzha.processes.situation import Offer


def ways_to_begin(process: Process, owner: Organization, actor: Actor) -> list[Offer]:
    """Return the events that open a process: allowed where the actor may open it, for his organisation or another."""
    for_others = opens_for_others(process, actor)
    return [
        msgspec.structs.replace(one, why_not=None) if one.event in for_others else one
        for one in openings(process, party(owner), actor)
    ]


def possible_owners(
    process: Process, event: str, viewer: Viewer, follow_up: FollowUp | None = None
) -> list[Organization]:
    """Return for whom a viewer may open it by an event, his own organisation first; that alone where he may not."""
    own, actor = Organization.objects.get(pk=viewer.organization), actor_of(viewer)
    found = [own for one in openings(process, party(own), actor) if one.event == event and one.allowed]
    if follow_up is None and event in opens_for_others(process, actor):
        found += of_kinds(process.owners).exclude(pk=own.pk)
    return found or [own]
