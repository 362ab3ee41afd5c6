"""What stands for the parameters of the public list in the access matrix: nobody owns anything there."""

from tests.command.access.owning import Owned
from tests.command.people import World


def owned(world: World, secret: str) -> Owned:
    """Name the list that everybody reads."""
    return Owned(shared={"link-list/v5/hashList/{name}": "se-4b"})
