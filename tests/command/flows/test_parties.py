"""Organisations of the site are known to the engine by the kinds and roles of its table."""

from tests.command.people import ORGANIZATIONS, World

from fanzha.command.flows.parties import actor_of, kind_of
from fanzha.command.organizations.kinds import Role
from fanzha.processes.roles import role_table


def test_every_kind_of_organization_stands_in_the_table(world: World) -> None:
    assert {kind_of(world[name]) for name in ORGANIZATIONS} == set(role_table().kinds)


def test_every_role_of_the_table_can_be_given_to_people() -> None:
    assert set(role_table().roles) <= {role.value for role in Role}


def test_a_person_acts_for_his_organization_in_his_roles(world: World) -> None:
    actor = actor_of(world.viewer("administration", Role.INSPECTOR))
    assert (actor.kind, actor.roles) == ("provincial_regulator", frozenset({"inspector"}))
    assert actor.organization == world["administration"].ref
