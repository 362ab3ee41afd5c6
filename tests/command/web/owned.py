"""What others type into the search field in the access matrix: the words that stand in all that the owner has."""

from tests.command.access.owning import Owned
from tests.command.people import World


def owned(_world: World, secret: str) -> Owned:
    """Make nothing; let everybody search for the secret."""
    return Owned(bodies={"POST palette/": {"q": secret}})
