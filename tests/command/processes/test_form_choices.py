"""A form lets choose who can be meant: receivers of the kinds that have legs, oneself where one may ask oneself."""

from tests.command.people import World

from fanzha.command.processes.form_choices import Choices
from fanzha.command.processes.process_settings import known_processes
from fanzha.command.web.roles import Role
from fanzha.processes.evidence import Field
from fanzha.processes.process import Process


def named(world: World, process: Process, event: str, name: str, of: str) -> set[str]:
    machine = process.machine_of(event)
    field: Field = machine.events[event].evidence[name] if machine else process.events[event].evidence[name]
    found = set(Choices(process, world.viewer(of)).organizations(name, field))
    return {name for name, one in world.organizations.items() if one in found}


def test_a_carrier_may_act_on_its_own_network_and_forwards_to_others(world: World) -> None:
    review = known_processes()["card_rereview"]
    networks = {"carrier", "other_carrier", "far_carrier", "mvno", "other_mvno"}
    assert named(world, review, "propose_limit", "network", "carrier") == networks
    assert named(world, review, "pass_on", "holder", "carrier") == networks - {"carrier"}


def test_regulators_are_of_the_country_or_of_a_province(world: World) -> None:
    desks = named(world, known_processes()["lead"], "draft", "receivers", "carrier")
    assert desks == {"police", "ministry", "administration", "centre"}
    inspected = named(world, known_processes()["supervision"], "draw", "inspected", "administration")
    assert "carrier" in inspected and "administration" not in inspected


def test_who_left_or_works_elsewhere_is_not_chosen(world: World) -> None:
    own, _other = world.person("carrier", Role.ANALYST), world.person("bank", Role.ANALYST)
    choices = Choices(known_processes()["order"], world.viewer("carrier"))
    assert list(choices.people()) == [own]
    own.is_active = False
    own.save()
    world["mvno"].is_active = False
    world["mvno"].save()
    assert not choices.people()
    assert "mvno" not in named(world, known_processes()["card_rereview"], "propose_limit", "network", "carrier")
