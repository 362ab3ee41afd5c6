"""What a carrier has of looks in the access matrix: one at a page with a secret title."""

import msgspec
from tests.command.access.owning import Owned
from tests.command.captures.looks_made import make_record, seen
from tests.command.people import World


def owned(world: World, secret: str) -> Owned:
    """Make a look."""
    record = make_record()
    visits = tuple(msgspec.structs.replace(visit, title=secret) for visit in record.visits)
    capture = seen(world["carrier"], record, visits=visits)
    return Owned(
        hidden={"captures/{ref}": capture.ref, "api/v1/captures/{ref}": capture.ref},
        bodies={
            "POST captures/": {"url": "http://a-page.example/"},
            "POST api/v1/captures/": {"url": "http://a-page.example/"},
            "POST captures/{ref}/screenshots/": {"purpose": "analysis"},
            "POST captures/{ref}/evidence/": {"purpose": "analysis"},
        },
    )
