"""What a carrier has on record in the access matrix: an act of its own, secretly about something."""

from tests.command.access.owning import Owned
from tests.command.audit.records import draft
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.recorder import recorded


def owned(world: World, secret: str) -> Owned:
    """Put it on record."""
    with recorded() as log:
        log.add(draft(1, world["carrier"].ref)._replace(about=secret, facts={"note": secret}))
    place = LogEntry._base_manager.get(about=secret).pk
    return Owned(hidden={"audit/{place}": place, "api/v1/evidence/entries/{place}": place})
