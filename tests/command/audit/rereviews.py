"""A re-review of a card as the tests make it: flagged, asked, verified with a file that shows a face."""

from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.services import About, fire, open_process, store_for_organization
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

CARD = "+8617000004321"
SUBJECT = "S" * 26


def verifying(world: World, face: bytes = b"a face") -> tuple[ProcessInstance, str]:
    """A card that shows who holds it; return it with the name of the file."""
    flag = {"cause": "dormant", "findings": ("a made-up finding",), "card": CARD}
    analyst, about = actor(world, "carrier", Role.ANALYST), About("phone_number", SUBJECT)
    process = open_process("card_rereview", "flag", world["carrier"], analyst, flag, about=about)
    name = store_for_organization(face, world["carrier"].pk)
    fire(process.ref, "grade", analyst, {"grade": "b", "reason": "odd"})
    fire(process.ref, "ask_to_verify", actor(world, "carrier", Role.EXECUTOR), {"channel": "app", "text_version": "1"})
    evidence = {"route": "shop", "purpose": "for my family", "record": name}
    fire(process.ref, "submit_verification", actor(world, "carrier", Role.CLERK), evidence)
    return process, name


def limited(world: World, receivers: tuple[str, ...], face: bytes = b"a face") -> tuple[ProcessInstance, str]:
    """A card that is limited on the networks of receivers, whose holder verifies; return it with his file."""
    flag = {"cause": "dormant", "findings": ("a made-up finding",), "card": CARD}
    analyst, name = actor(world, "carrier", Role.ANALYST), store_for_organization(face, world["carrier"].pk)
    process = open_process(
        "card_rereview", "flag", world["carrier"], analyst, flag, about=About("phone_number", SUBJECT)
    )
    fire(process.ref, "grade", analyst, {"grade": "b", "reason": "odd"})
    network = tuple(to_party(world[receiver]) for receiver in receivers)
    fire(process.ref, "propose_limit", analyst, {"measure": "limit", "reason": "odd", "network": network})
    fire(process.ref, "approve_limit", actor(world, "carrier", Role.REVIEWER), {"opinion": "as the evidence says"})
    clerk = actor(world, "carrier", Role.CLERK)
    fire(process.ref, "verify_while_limited", clerk, {"route": "shop", "record": name})
    return process, name


def personal(instance: ProcessInstance) -> list[dict[str, object]]:
    """What the steps of a process hold of a person, where they hold anything."""
    with unscoped("test"):
        steps = Step.objects.filter(instance=instance).order_by("number")
        return [step.personal for step in steps if step.personal]
