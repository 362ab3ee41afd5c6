"""The API names people by ref to their own organisation alone, and titles in both languages."""

import pytest
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.command.campaigns.schemas import CampaignOut, TransitionIn
from fanzha.command.campaigns.transitions import TransitionKind
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def test_who_works_on_it_is_told_to_his_organization_alone(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    row = campaign(world["carrier"], assignee=person)
    own, others = (CampaignOut.of(row, world[name].pk) for name in ("carrier", "administration"))
    assert (own.assignee, others.assignee) == (person.ref, "")
    assert "fake loan" in own.title.en and "虚假贷款" in own.title.zh


def test_a_deed_is_what_was_sent(world: World) -> None:
    deed = TransitionIn(doing=TransitionKind.HAND_OVER, note="yours").to_transition(
        world.person("carrier", Role.ANALYST)
    )
    assert (deed.kind.value, deed.note, deed.to) == ("hand_over", "yours", world.person("carrier", Role.ANALYST))
