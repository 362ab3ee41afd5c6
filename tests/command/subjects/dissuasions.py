"""A dissuasion as the tests begin it: a carrier finds a number whose holder may be a victim of fraud."""

from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.subjects.factories import NUMBER, finding_row, subject

from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.services import About, open_process
from fanzha.command.web.roles import Role


def found_victim(world: World, name: str = "carrier") -> None:
    """Let an organisation find that somebody is being defrauded, and nothing else."""
    finding_row(world[name], subject(NUMBER), fraud_type="victim_at_risk", role="victim")


def begun(world: World, *, simulated: bool = False) -> ProcessInstance:
    """A dissuasion of the carrier, opened on the page of the number."""
    about = About("phone_number", subject(NUMBER).ref, title="+86 17•• ••• 1234", simulated=simulated)
    evidence = {"fraud_type": "fake_loan", "grade": "high"}
    analyst = actor(world, "carrier", Role.ANALYST)
    return open_process("dissuasion", "open", world["carrier"], analyst, evidence, about=about)
