"""Organisations of the site are known to the engine by the kinds and roles of its table."""

import pytest
from tests.command.people import ORGANIZATIONS, World
from tests.command.processes.orders_made import drafted

from fanzha.command.processes.parties import role_table_kind, to_actor
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.processes.parties import Actor, PartyRole
from fanzha.processes.refusal import Refusal
from fanzha.processes.roles import role_table


def test_every_kind_of_organization_stands_in_the_table(world: World) -> None:
    assert {role_table_kind(world[name]) for name in ORGANIZATIONS} == set(role_table().kinds)


def test_every_role_of_the_table_can_be_given_to_people() -> None:
    assert set(role_table().roles) <= {role.value for role in Role}


def test_a_person_acts_for_his_organization_in_his_roles(world: World) -> None:
    actor = to_actor(world.viewer("administration", Role.INSPECTOR))
    assert (actor.kind, actor.roles) == ("provincial_regulator", frozenset({"inspector"}))
    assert actor.organization == world["administration"].ref


def test_a_person_acts_as_one_of_his_department_and_appeals_go_to_another(world: World) -> None:
    order, concerned = drafted(world), Actor(person="concerned", party_roles=frozenset({PartyRole.SUBJECT}))
    fire(order.ref, "approve", to_actor(world.viewer("centre", Role.REVIEWER)), {"opinion": "as the evidence says"})
    fire(order.ref, "appeal", concerned, {"channel": "letter", "text": "it is my shop's number"})
    hears = world.viewer("centre", Role.INSPECTOR, Role.REVIEWER)
    given = {"reason": "a shop", "next_channel": "the regulator"}
    for unit in ("", "operations"):
        with pytest.raises(Refusal):
            fire(order.ref, "reject_appeal", to_actor(hears._replace(unit=unit)), given)
    fire(order.ref, "reject_appeal", to_actor(hears._replace(unit="appeals")), given)
    order.refresh_from_db()
    assert order.state == "issued"
