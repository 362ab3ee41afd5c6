"""What a carrier has in the access matrix: an export that was made, and a value that somebody looked at."""

from tests.command.access.owning import Owned
from tests.command.audit.rereviews import verifying
from tests.command.exports.factories import build_export, request_table, verdict
from tests.command.people import World
from tests.command.subjects.factories import subject

from fanzha.command.exports.unmasking import unmask
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def owned(world: World, secret: str) -> Owned:
    """Make them; other organisations hear of neither, whoever supervises the carrier included."""
    verdict(world["carrier"], 8899)
    export = build_export(request_table(world, purpose=secret, case=secret))
    about, viewer = subject("+8617000008899"), world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        unmask(viewer, about, secret, secret)
    review, _face = verifying(world, secret.encode())
    body = {"process": review.ref, "step": 4, "field": "record", "purpose": "a report"}
    return Owned(
        hidden={
            "exports/{ref}": export.ref,
            "api/v1/exports/exports/{ref}": export.ref,
            "unmask-evidence/{ref}": review.ref,
            "unmask-file/{ref}": review.ref,
        },
        shared={
            "unmask/{ref}": about.ref,
            "unmask-evidence/{ref}/{number}": 1,
            "unmask-evidence/{ref}/{number}/{name}": "card",
            "unmask-file/{ref}/{number}": 4,
            "unmask-file/{ref}/{number}/{name}": "record",
            "unmask-file/{ref}/{number}/{name}/{place}": 0,
        },
        bodies={
            "POST api/v1/exports/exports": {"table": "subjects", "purpose": "a report"},
            "POST api/v1/exports/unmask-evidence": body | {"step": 1, "field": "card"},
            "POST api/v1/exports/unmask-file": body,
            "POST unmask-file/{ref}/{number}/{name}/{place}/": {"purpose": "a report"},
            "POST unmask-evidence/{ref}/{number}/{name}/": {"purpose": "a report"},
        },
    )
