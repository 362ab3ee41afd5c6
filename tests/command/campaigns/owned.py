"""What a carrier has of campaigns in the access matrix: one with a secret name, and something done with it."""

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.campaigns.made import campaign
from tests.command.people import World

from fanzha.base.ids import sortable_id
from fanzha.command.campaigns.models import CampaignAction
from fanzha.command.organizations.kinds import Role


def owned(world: World, secret: str) -> Owned:
    """Make them."""
    row = campaign(world["carrier"], 3, first=8800, tie_value=secret)
    done = CampaignAction._base_manager.create(
        campaign=row,
        together=sortable_id(),
        action="confirm",
        person=world.person("carrier", Role.ANALYST),
        note=secret,
        revision=1,
        at=timezone.now(),
    )
    api = "api/v1/campaigns"
    return Owned(
        hidden={
            "campaigns/{ref}": row.ref,
            "campaigns/undo/{together}": done.together,
            f"{api}/{{ref}}": row.ref,
            f"{api}/actions/{{together}}": done.together,
        },
    )
