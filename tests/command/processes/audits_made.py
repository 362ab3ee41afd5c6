"""A photo audit as the tests make it: planned, drawn, marked by one and by another who do not see each other."""

from tests.command.evidence_uploads import upload_for_all
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.services import fire, open_process
from fanzha.command.web.roles import Role

FIRST, SECOND = b"marks of the first", b"marks of the second"


def marked_once(world: World) -> tuple[ProcessInstance, str]:
    """An audit that the inspector has marked; return it with the name of his file."""
    inspector, name = actor(world, "administration", Role.INSPECTOR), upload_for_all([FIRST])
    plan = {"population": 100, "sample_size": 10, "strata": "by outlet"}
    audit = open_process("photo_audit", "plan", world["administration"], inspector, plan)
    openings = "".join(f"OPENING-{number}\n" for number in range(100))
    fire(audit.ref, "draw", inspector, {"register": upload_for_all([openings.encode()])})
    fire(audit.ref, "mark_first", inspector, {"marks": name})
    return audit, name


def marked_twice(world: World, audit: ProcessInstance) -> str:
    """Let the analyst mark it, too; return the name of his file."""
    name = upload_for_all([SECOND])
    fire(audit.ref, "mark_second", actor(world, "administration", Role.ANALYST), {"marks": name, "agreement": 90})
    return name
