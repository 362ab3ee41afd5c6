"""Who does something in the tests of organisations, and what then stands in the log."""

import json
from typing import Any

from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.organizations.actor import AuditActor
from fanzha.command.web.roles import Role


def doer(world: World, name: str, *roles: Role) -> AuditActor:
    """A person who does something for an organisation, an administrator unless roles are named."""
    roles = roles or (Role.ADMINISTRATOR,)
    return AuditActor(world.person(name, *roles), world[name], world.viewer(name, *roles))


def on_record(kind: str) -> list[dict[str, Any]]:
    """The facts of all entries of a kind, the latest last."""
    rows = LogEntry._base_manager.filter(kind=kind).order_by("place")
    return [{**json.loads(row.facts), "about": row.about, "actor": row.actor} for row in rows]
