"""Who confirmed or cleared a campaign decided on its subjects; who took it did not."""

from tests.command.campaigns.factories import campaign, number
from tests.command.people import World
from tests.command.subjects.factories import AT

from fanzha.command.campaigns.earlier_decisions import find_decided_subjects
from fanzha.command.campaigns.models import CampaignAction
from fanzha.command.web.roles import Role


def test_confirmed_and_cleared_campaigns_count(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    for first, action in ((0, "confirm"), (10, "set_aside"), (20, "take")):
        made = campaign(world["carrier"], 1, first=first)
        CampaignAction._base_manager.create(
            campaign=made, together="t", action=action, person=person, revision=1, at=AT
        )
    asked = {number(place).pk for place in (0, 10, 20)}
    assert find_decided_subjects(person.pk, asked) == {number(0).pk, number(10).pk}
