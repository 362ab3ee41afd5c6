"""An inspection as the tests make it: opened, a breach found and confirmed, with the documents that follow."""

from django.utils import timezone
from tests.command.evidence_uploads import upload_for_all
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.base.clock import to_ms
from fanzha.command.documents.models import IssuedDocument
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

DAY_MS = 86_400_000


def opened(world: World, title: str = "an inspection") -> ProcessInstance:
    """An inspection of the platform by the provincial administration."""
    inspectors = tuple(world.person("administration", role).ref for role in (Role.INSPECTOR, Role.REVIEWER))
    evidence = {
        "police_document": upload_for_all([b"a document"]),
        "inspected": to_party(world["platform"]),
        "inspectors": inspectors,
    }
    inspector = actor(world, "administration", Role.INSPECTOR)
    return open_process(
        "supervision",
        "join_police",
        world["administration"],
        inspector,
        evidence,
        about=About(title=title, simulated=True),
    )


def find(world: World, inspection: ProcessInstance, clause: str = "第十条") -> None:
    """Find a breach, with the documents issued."""
    found = {
        "clause": clause,
        "facts": "未建立内部控制制度",
        "proof": (upload_for_all([b"proof"]),),
        "gravity": "plain",
    }
    fire(inspection.ref, "find", actor(world, "administration", Role.INSPECTOR), found)
    deliver_due(timezone.now())


def confirm(world: World, inspection: ProcessInstance) -> None:
    """Let a second inspector confirm it, with the documents issued."""
    second = actor(world, "administration", Role.INSPECTOR)
    second = type(second)(
        person="a second inspector", organization=second.organization, kind=second.kind, roles=second.roles
    )
    fire(inspection.ref, "confirm_finding", second, {"rectify_by": to_ms(timezone.now()) + 10 * DAY_MS})
    deliver_due(timezone.now())


def documents(inspection: ProcessInstance) -> list[IssuedDocument]:
    """All documents of an inspection."""
    with unscoped("test"):
        return list(IssuedDocument.objects.filter(instance=inspection).order_by("pk"))
