"""Public reports as the tests make them: taken in by the centre, passed to a carrier, handled."""

from itertools import count
from typing import Any

from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.selectors import to_party
from fanzha.command.processes.services import fire, open_process
from fanzha.command.reports.models import Report
from fanzha.command.reports.receipts import hash_receipt
from fanzha.command.reports.services import Submission, submit_report
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

PROCESS = "public_report"
REPORTED = "+8617000000021"


_numbers = count()


def received(world: World, owner: str = "centre", address: str = "192.0.2.1", **more: Any) -> Report:
    """A report that somebody sent by the public pages, and that no worker has read."""
    submission = Submission(**{"category": "call", "nonce": f"form {next(_numbers)}", "thing": REPORTED, **more})
    code = submit_report(world[owner], submission, address)
    with unscoped("test"):
        return Report.objects.get(receipt=hash_receipt(code))


def taken_in(world: World, owner: str = "centre", **more: Any) -> ProcessInstance:
    """A report that a clerk of the centre took in by phone."""
    evidence: dict[str, Any] = {"grade": "fraud", "channel": "phone", "category": "call", "target_kind": "number"}
    evidence |= {"targets": (REPORTED,), "content": "A made-up caller asks for a code.", **more}
    return open_process(PROCESS, "receive", world[owner], actor(world, owner, Role.CLERK), evidence)


def passed_on(world: World, owner: str = "centre", handler: str = "carrier") -> ProcessInstance:
    """A report that was passed to the carrier."""
    report = taken_in(world, owner)
    handlers = (to_party(world[handler]),)
    fire(report.ref, "route", actor(world, owner, Role.ANALYST), {"handlers": handlers})
    return report


def checked(world: World, owner: str = "centre", handler: str = "carrier", *roles: Role) -> ProcessInstance:
    """A report that the carrier acknowledged, found true and acted on."""
    report = passed_on(world, owner, handler)
    by = actor(world, handler, *(roles or (Role.EXECUTOR,)))
    fire(report.ref, "acknowledge", by, {}, leg="1")
    fire(report.ref, "find_true", by, {"method": "records", "facts_found": "60 people called in an hour"}, leg="1")
    fire(report.ref, "report_disposed", by, {"measure": "limit", "done_at": 1_770_000_000_000}, leg="1")
    report.refresh_from_db()
    return report
