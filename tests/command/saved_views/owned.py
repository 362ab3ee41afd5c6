"""What a carrier has of saved views in the access matrix: one that is shared with the organisation."""

from tests.command.access.owning import Owned
from tests.command.people import World

from fanzha.command.saved_views.services import save_view
from fanzha.command.web.roles import Role


def owned(world: World, secret: str) -> Owned:
    """Make it."""
    viewer = world.viewer("carrier", Role.ANALYST)
    view = save_view("campaign_queue", secret, "show=late", viewer, share=True)
    return Owned(hidden={"views/{ref}": view.ref, "api/v1/saved_views/{ref}": view.ref})
