"""What a carrier has of samples in the access matrix: one that is being marked, of a detector with a secret name."""

from tests.command.access.owning import Owned
from tests.command.people import World
from tests.command.reviews.factories import WANTED, drawn, findings, judge

from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def owned(world: World, secret: str) -> Owned:
    """Draw a sample."""
    findings(world, 12, detector=secret, first=700_000)
    with scoped_to(world.viewer("carrier", Role.REVIEWER)):
        sample = drawn(world, WANTED._replace(detector=secret))
    api, item = "api/v1/reviews/samples/{ref}", next(iter(judge(sample)))
    period = {"since": WANTED.since.isoformat(), "until": WANTED.until.isoformat()}
    return Owned(
        hidden={"samples/{ref}": sample.ref, api: sample.ref},
        bodies={
            "POST api/v1/reviews/samples": period | {"size": 12},
            f"POST {api}/marks": {"marks": [{"item": item, "mark": "fraud"}]},
            "POST samples/{ref}/mark/": {"item": item, "mark": "fraud"},
        },
    )
