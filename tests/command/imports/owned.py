"""What a carrier has of imports in the access matrix: spared numbers that wait for a second person, with a reject."""

from tests.command.access.owning import Owned
from tests.command.imports.factories import SPARED, handed_in
from tests.command.people import World


def owned(world: World, secret: str) -> Owned:
    """Hand in spared numbers whose owner is the secret."""
    text = SPARED.replace("示例医院", secret) + f"{secret},trunk,MSC-1,x,y,2099-01-01\n"
    job = handed_in(world, "spared", text, file_name=f"{secret}.csv")
    api = "api/v1/imports"
    return Owned(
        hidden={"imports/{ref}": job.ref, f"{api}/jobs/{{ref}}": job.ref},
        shared={"imports/new/{table}": "spared", f"{api}/tables/{{table}}": "spared"},
    )
