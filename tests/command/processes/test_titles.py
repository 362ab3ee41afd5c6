"""Processes are called by what and whom they are about, not by their reference."""

from django.utils import timezone
from tests.command.evidence_uploads import upload_for_all
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted

from fanzha.base.words import Words
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.services import open_process
from fanzha.command.processes.titles import describe_title
from fanzha.command.web.roles import Role


def test_a_title_that_was_given_stays(world: World) -> None:
    assert describe_title(drafted(world)).en == "+86 17•• ••0 1234"


def test_an_inspection_is_called_by_the_inspected_firm(world: World) -> None:
    evidence = {"inspected": to_party(world["carrier"]), "checklist": upload_for_all([b"proof"])}
    inspector = actor(world, "administration", Role.INSPECTOR)
    made = open_process("supervision", "order_self_inspection", world["administration"], inspector, evidence)
    assert describe_title(made) == Words("示例carrier · 监督检查", "Example carrier · Supervision")


def test_without_either_it_is_its_kind(world: World) -> None:
    order = drafted(world)
    unnamed = ProcessInstance(ref=order.ref, version=order.version, situation=order.situation, opened_at=timezone.now())
    assert describe_title(unnamed).en == "Order"
