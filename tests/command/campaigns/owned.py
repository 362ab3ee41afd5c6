"""What a carrier has of campaigns in the access matrix: one with a secret name, and something done with it."""

from datetime import timedelta

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.command.campaigns.bulk_runs import start_run
from fanzha.command.campaigns.services import apply_transition
from fanzha.command.campaigns.transitions import CampaignTransition, TransitionKind
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def owned(world: World, secret: str) -> Owned:
    """Make them."""
    row = campaign(world["carrier"], 3, first=8800, tie_value=secret)
    viewer, api = world.viewer("carrier", Role.ANALYST), "api/v1/campaigns"
    with scoped_to(viewer):
        done = apply_transition({row.ref: None}, CampaignTransition(TransitionKind.CONFIRM, secret), viewer)
    transition = CampaignTransition(TransitionKind.SNOOZE, secret, timezone.now() + timedelta(days=1))
    run = start_run({row.ref: None}, transition, viewer)
    return Owned(
        hidden={"campaigns/bulk/{ref}": run.ref, "campaigns/{ref}": row.ref, f"{api}/{{ref}}": row.ref},
        shared={  # what others press is not there for them: they are told that there is nothing to undo
            "campaigns/undo/{together}": done.together,
            f"{api}/actions/{{together}}": done.together,
        },
    )
