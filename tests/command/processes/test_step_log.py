"""Each step is in the evidence log, with what is personal, or hidden as yet, as a commitment only."""

import json

from tests.command.people import World
from tests.command.processes.audits_made import marked_once
from tests.command.processes.orders_made import actor, drafted

from fanzha.command.audit.models import LogEntry
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


def test_steps_are_in_the_log_and_personal_values_are_not(world: World) -> None:
    order = drafted(world)
    fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"})
    with unscoped("test"):
        entries = list(LogEntry.objects.filter(process=order.ref).order_by("pk"))
    facts = [json.loads(entry.facts) if isinstance(entry.facts, str | bytes) else entry.facts for entry in entries]
    assert [one["event"] for one in facts] == ["draft", "approve"]
    assert [entry.actor for entry in entries] == [
        world.person("centre", role).ref for role in (Role.ANALYST, Role.REVIEWER)
    ]
    assert "17000001234" not in str([(entry.facts, entry.personal) for entry in entries])


def test_what_is_hidden_from_others_is_sealed_as_what_is_personal(world: World) -> None:
    audit, name = marked_once(world)
    with unscoped("test"):
        entry = LogEntry.objects.filter(process=audit.ref).order_by("pk").last()
    assert entry is not None and name not in entry.facts
    assert "marks" in entry.personal and name not in entry.personal
