"""What people do with one order, in a process of its own: `python -m tests.field.order_acts ACT …` prints JSON.

`make` puts a made-up province in place, whose carrier is served by the screens of this site; `issue NUMBER` drafts and
approves; `roll_back REF` takes it back; `look REF` tells where it stands. Each tells the moment of its last step.
"""

import json
import os
import sys
import time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")
django.setup()

from django.utils import timezone  # noqa: E402
from tests.command.people import World, make_world  # noqa: E402
from tests.command.processes.orders_made import actor, draft_evidence  # noqa: E402

from fanzha.command.orders.models import Endpoint  # noqa: E402
from fanzha.command.organizations.models import Organization, Person  # noqa: E402
from fanzha.command.processes.models import Leg, ProcessInstance, Step  # noqa: E402
from fanzha.command.processes.services import About, fire, open_process  # noqa: E402
from fanzha.command.web.roles import Role  # noqa: E402
from fanzha.command.web.scoping import unscoped  # noqa: E402


def known() -> World:
    """Return the organisations that are there; people are found or made when they are asked for."""
    world = World()
    for one in Organization.objects.all():
        world.organizations[one.name_en.removeprefix("Example ")] = one
    return world


def make() -> dict[str, Any]:
    """Make organisations, and let the screens of this site carry out what the carrier is told."""
    world = make_world()
    with unscoped("a test makes its world"):
        for channel in ("number_treatment", "number_limit"):
            Endpoint.objects.create(owner=world["carrier"], channel=channel, changed_at=timezone.now())
    return {}


def issue(number: str) -> dict[str, Any]:
    """Draft and approve an order to refuse a number."""
    world = known()
    evidence = draft_evidence(world, timezone.now(), ("carrier",)) | {"subjects": (number,)}
    analyst, reviewer = actor(world, "centre", Role.ANALYST), actor(world, "centre", Role.REVIEWER)
    made = open_process("order", "draft", world["centre"], analyst, evidence, about=About(simulated=True))
    fire(made.ref, "approve", reviewer, {"opinion": "as the evidence says"})
    return {"ref": made.ref, "at": time.time()}


def roll_back(ref: str) -> dict[str, Any]:
    """Take the order back, as the person who approved it or another one like him."""
    world = known()
    world.people["centre", Role.REVIEWER] = Person.objects.get(email="reviewer@centre.example")
    fire(ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "the wrong number"})
    return {"at": time.time()}


def look(ref: str) -> dict[str, Any]:
    """Tell where the order and its legs stand, and who took which step of a leg."""
    with unscoped("a test looks"):
        order = ProcessInstance.objects.get(ref=ref)
        legs = list(Leg.objects.filter(instance=order).values_list("state", flat=True))
        steps = [
            (one.event, one.actor) for one in Step.objects.filter(instance=order).exclude(leg="").order_by("number")
        ]
    return {"state": order.state, "legs": legs, "steps": steps}


if __name__ == "__main__":
    name, *given = sys.argv[1:]
    acts: dict[str, Any] = {one.__name__: one for one in (make, issue, roll_back, look)}
    print(json.dumps(acts[name](*given)), flush=True)
