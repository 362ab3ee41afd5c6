"""What a carrier has of collaboration in the access matrix: a campaign with a comment."""

from tests.command.access.owning import Owned
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.command.collaboration.services import add_comment
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def owned(world: World, secret: str) -> Owned:
    """Make them."""
    row, viewer = campaign(world["carrier"], 1, first=8700), world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        comment = add_comment("campaign", row.ref, secret, viewer)
    api = "api/v1/collaboration"
    return Owned(
        hidden={
            "discussions/{kind}/{ref}": row.ref,
            "comments/{ref}": comment.ref,
            f"{api}/topics/{{kind}}/{{ref}}": row.ref,
            f"{api}/comments/{{ref}}": comment.ref,
        },
        shared={"discussions/{kind}": "campaign", f"{api}/topics/{{kind}}": "campaign"},
    )
