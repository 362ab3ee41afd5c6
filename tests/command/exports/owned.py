"""What a carrier has in the access matrix: an export that was made, and a value that somebody looked at."""

from tests.command.access.owning import Owned
from tests.command.evidence.rereviews import verifying
from tests.command.exports.verdicts_made import asked, made, verdict
from tests.command.people import World
from tests.command.subjects.made import subject

from fanzha.command.exports.unmasking import unmask
from fanzha.command.organizations.kinds import Role
from fanzha.command.organizations.scoping import seen_by


def owned(world: World, secret: str) -> Owned:
    """Make them; other organisations hear of neither, whoever supervises the carrier included."""
    verdict(world["carrier"], 8899)
    export = made(asked(world, purpose=secret, case=secret))
    about, viewer = subject("+8617000008899"), world.viewer("carrier", Role.ANALYST)
    with seen_by(viewer):
        unmask(viewer, about, secret, secret)
    review, _face = verifying(world)
    return Owned(
        hidden={
            "exports/{ref}": export.ref,
            "api/v1/exports/exports/{ref}": export.ref,
            "unmask-evidence/{ref}": review.ref,
        },
        shared={
            "unmask/{ref}": about.ref,
            "unmask-evidence/{ref}/{number}": 1,
            "unmask-evidence/{ref}/{number}/{name}": "card",
        },
        bodies={"POST api/v1/exports/exports": {"table": "subjects", "purpose": "a report"}},
    )
