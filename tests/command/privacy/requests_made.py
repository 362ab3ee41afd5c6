"""Requests of persons as the tests make them: taken in, identity proven, searched."""

from typing import Any

from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.subjects.factories import NUMBER

from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.services import fire, open_process, store_for_organization
from fanzha.command.processes.worker import run_once
from fanzha.command.web.roles import Role

PROCESS = "personal_data_request"


def received(
    world: World, kind: str = "access", mail: str = "", numbers: tuple[str, ...] = (NUMBER,)
) -> ProcessInstance:
    """A request that a clerk of the carrier took in."""
    evidence: dict[str, Any] = {
        "request": kind,
        "requester": "self",
        "subject_kind": "number",
        "subjects": numbers,
        "channel": "counter",
    }
    evidence |= {"mail": mail} if mail else {}
    return open_process(PROCESS, "receive", world["carrier"], actor(world, "carrier", Role.CLERK), evidence)


def searched(world: World, kind: str = "access", mail: str = "") -> ProcessInstance:
    """A request whose person was identified, and for which the system searched the tables."""
    request = received(world, kind, mail)
    record = store_for_organization(b"%PDF-1.4 a record", world["carrier"].pk)
    evidence = {"method": "document", "record": record}
    fire(request.ref, "prove_identity", actor(world, "carrier", Role.CLERK), evidence)
    run_once()
    request.refresh_from_db()
    return request


def granted(world: World, kind: str, mail: str = "", **correction: str) -> ProcessInstance:
    """A request that a second person granted, and that the system carried out."""
    request = searched(world, kind, mail)
    officer = actor(world, "carrier", Role.PRIVACY_OFFICER)
    fire(request.ref, "propose", officer, {"reason": "PIPL Art. 47", **correction})
    fire(request.ref, "approve", actor(world, "carrier", Role.REVIEWER), {"opinion": "as proposed"})
    run_once()
    request.refresh_from_db()
    return request
