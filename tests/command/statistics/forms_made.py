"""Statutory forms as the tests make them: opened and filled by the carrier for the simulated month."""

from datetime import timedelta
from typing import Any

from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.statistics.month_made import MONTH

from fanzha.base.clock import to_ms
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.services import fire, open_process
from fanzha.command.statistics.form_values import PROCESS
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


def opened(world: World, form: str = "public_reports", owner: str = "carrier") -> ProcessInstance:
    """A form that is to be filled."""
    evidence = {"form": form, "day": to_ms(MONTH.since + timedelta(days=3))}
    return open_process(PROCESS, "open_form", world[owner], actor(world, owner, Role.CLERK), evidence)


def filled(world: World, form: str = "public_reports", owner: str = "carrier") -> ProcessInstance:
    """A form that the machine filled."""
    return take(world, opened(world, form, owner), "fill", owner, Role.CLERK)


def take(
    world: World, instance: ProcessInstance, event: str, name: str, role: Role, **evidence: Any
) -> ProcessInstance:
    """Let somebody take a step of a form."""
    fire(instance.ref, event, actor(world, name, role), evidence)
    with unscoped("test"):
        instance.refresh_from_db()
    return instance


def audited(world: World, form: str = "public_reports", owner: str = "carrier") -> ProcessInstance:
    """A form that the regulator audited."""
    instance = filled(world, form, owner)
    take(world, instance, "declare", owner, Role.REVIEWER, statement=True, not_filled="not counted yet")
    take(world, instance, "submit", owner, Role.CLERK)
    return take(world, instance, "audit", "administration", Role.INSPECTOR, result="agrees")
